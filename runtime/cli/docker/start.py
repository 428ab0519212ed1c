"""docker start"""

from __future__ import annotations

from ...client import containers
from . import attaching, run
from .command import CliError, Command
from .failure import FAILURES, text
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

FLAGS = (
    Flag("attach", "Attach STDOUT/STDERR and forward signals", short="a"),
    Flag("checkpoint", "Restore from this checkpoint", kind="string", hidden=True),
    Flag("checkpoint-dir", "Use a custom checkpoint storage directory", kind="string", hidden=True),
    Flag("detach-keys", "Override the key sequence for detaching a container", kind="string"),
    Flag("interactive", "Attach container's STDIN", short="i"),
)


def start(context: Context, values: Values, arguments: list[str]) -> int:
    """Start containers, one of them attached where asked."""
    if values["attach"] or values["interactive"]:
        if len(arguments) > 1:
            raise CliError("you cannot start and attach multiple containers at once")
        return attached(context, values, arguments[0])
    failed = []
    for name in arguments:
        try:
            containers.start(context.client, name)
            context.out(name)
        except FAILURES as error:
            context.warn(text(error))
            failed.append(name)
    if failed:
        raise CliError("Error: failed to start containers: " + ", ".join(failed))
    return 0


def attached(context: Context, values: Values, name: str) -> int:
    """Start one container with its streams here; leave with its exit code."""
    found = containers.inspect(context.client, name)
    tty, stdin = found["Config"]["Tty"], values["interactive"] and found["Config"]["OpenStdin"]
    attaching.check_terminal(tty, stdin, False)
    name = found["Id"]
    pump = attaching.pump(
        context, name, tty=tty, stdin=stdin, stdout=True, stderr=True, detach_keys=values["detach-keys"]
    )
    condition = "removed" if found["HostConfig"].get("AutoRemove") else "next-exit"
    exit_ = containers.wait(context.client, name, condition)
    if not tty:
        attaching.proxy(context, pump, name)
    containers.start(context.client, name)
    if tty:
        attaching.follow_window(context, pump, name)
    if attaching.copy(pump, tty=tty):
        raise CliError("read escape sequence")
    return run.exit_code(exit_)


COMMAND = Command(
    "start",
    "Start one or more stopped containers",
    "[OPTIONS] CONTAINER [CONTAINER...]",
    FLAGS,
    start,
    args=(1, None),
    aliases="docker container start, docker start",
)
