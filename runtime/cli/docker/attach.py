"""docker attach"""

from __future__ import annotations

from ...client import containers
from . import attaching, run
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values
    from .streams import Pump

FLAGS = (
    Flag("detach-keys", "Override the key sequence for detaching a container", kind="string"),
    Flag("no-stdin", "Do not attach STDIN"),
    Flag("sig-proxy", "Proxy all received signals to the process", default=True),
)


def attach(context: Context, values: Values, arguments: list[str]) -> int:
    """Attach to a running container; leave with its exit code."""
    name = arguments[0]
    found = containers.inspect(context.client, name)
    check(found["State"])
    tty, stdin = found["Config"]["Tty"], found["Config"]["OpenStdin"] and not values["no-stdin"]
    attaching.check_terminal(tty, stdin, False)
    exit_ = containers.wait(context.client, found["Id"])
    pump = attaching.pump(
        context, name, tty=tty, stdin=stdin, stdout=True, stderr=True, detach_keys=values["detach-keys"]
    )
    if values["sig-proxy"] and not tty:
        attaching.proxy(context, pump, name)
    if tty:
        redraw(context, pump, name)
    if attaching.copy(pump, tty=tty):
        raise CliError("read escape sequence")
    return run.exit_code(exit_)


def redraw(context: Context, pump: Pump, name: str) -> None:
    """Set the window's size after another one, so that a full-screen program draws itself again."""
    rows, columns = attaching.window()
    if rows or columns:
        containers.resize(context.client, name, height=rows + 1, width=columns + 1)
    attaching.follow_window(context, pump, name)


def check(state: dict[str, object]) -> None:
    """Refuse a container that nothing can be attached to."""
    if not state["Running"]:
        raise CliError("cannot attach to a stopped container, start it first")
    if state["Paused"]:
        raise CliError("cannot attach to a paused container, unpause it first")
    if state["Restarting"]:
        raise CliError("cannot attach to a restarting container, wait until it is running")


COMMAND = Command(
    "attach",
    "Attach local standard input, output, and error streams to a running container",
    "[OPTIONS] CONTAINER",
    FLAGS,
    attach,
    args=(1, 1),
    aliases="docker container attach, docker attach",
)
