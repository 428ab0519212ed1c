"""docker exec"""

from __future__ import annotations

from ...client import execs
from . import attaching, checks, container_body, streams, terminal
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values

FLAGS = (
    Flag("detach", "Detached mode: run command in the background", short="d"),
    Flag("detach-keys", "Override the key sequence for detaching a container", kind="string"),
    Flag("env", "Set environment variables", short="e", kind="list", check=checks.environment),
    Flag("env-file", "Read in a file of environment variables", kind="list"),
    Flag("interactive", "Keep STDIN open even if not attached", short="i"),
    Flag("privileged", "Give extended privileges to the command"),
    Flag("tty", "Allocate a pseudo-TTY", short="t"),
    Flag("user", 'Username or UID (format: "<name|uid>[:<group|gid>]")', short="u", kind="string"),
    Flag("workdir", "Working directory inside the container", short="w", kind="string"),
)


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Run a command in a running container; leave with its exit code."""
    try:
        body = request(context, values, arguments)
    except (ValueError, OSError) as error:
        raise CliError(container_body.reason(error)) from None
    attaching.check_terminal(values["tty"], values["interactive"], values["detach"])
    identity = execs.create(context.client, arguments[0], body)
    if values["detach"]:
        execs.start(context.client, identity, {"Detach": True, "Tty": values["tty"]})
        return 0
    return attached(context, values, identity)


def request(context: Context, values: Values, arguments: list[str]) -> dict[str, Any]:
    """Write the create request."""
    attached = not values["detach"]
    body = {
        "User": values["user"],
        "Privileged": values["privileged"],
        "Tty": values["tty"],
        "AttachStdin": attached and values["interactive"],
        "AttachStderr": attached,
        "AttachStdout": attached,
        "Detach": values["detach"],
        "DetachKeys": attaching.keys(context, values["detach-keys"]),
        "Env": container_body.environment(values) or None,
        "WorkingDir": values["workdir"],
        "Cmd": arguments[1:],
    }
    if values["tty"] and attached:
        body["ConsoleSize"] = list(attaching.window())
    return body


def attached(context: Context, values: Values, identity: str) -> int:
    """Start the command with its streams here."""
    tty = values["tty"]
    start: dict[str, Any] = {"Detach": False, "Tty": tty}
    if tty:
        start["ConsoleSize"] = list(attaching.window())
    connection = execs.attach(context.client, identity, start)
    keys = attaching.keys(context, values["detach-keys"]) or terminal.DEFAULT_KEYS
    pump = streams.Pump(
        connection, streams.Signals(), tty=tty, stdin=values["interactive"], detach_keys=keys if tty else None
    )
    if tty:
        client = context.client
        attaching.watch_window(pump, lambda rows, columns: execs.resize(client, identity, height=rows, width=columns))
    if attaching.copy(pump, tty=tty):
        raise CliError("read escape sequence")
    return int(execs.inspect(context.client, identity)["ExitCode"])


COMMAND = Command(
    "exec",
    "Execute a command in a running container",
    "[OPTIONS] CONTAINER COMMAND [ARG...]",
    FLAGS,
    run,
    args=(2, None),
    options_first=True,
    aliases="docker container exec, docker exec",
)
