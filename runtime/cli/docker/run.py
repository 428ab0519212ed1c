"""docker run: create, attach, ask for the exit, start, copy streams, leave with the container's exit code."""

from __future__ import annotations

import os
import signal

from ...client import containers
from ...client.connection import ConnectionFailed
from . import attaching, container_body, container_flags, create
from .command import CliError, Command
from .failure import FAILURES, text
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .context import Context
    from .pflag import Values
    from .streams import Pump

FLAGS = (
    *container_flags.FLAGS,
    Flag("name", "Assign a name to the container", kind="string"),
    Flag("detach", "Run container in background and print container ID", short="d"),
    Flag("detach-keys", "Override the key sequence for detaching a container", kind="string"),
    Flag("pull", 'Pull image before running ("always", "missing", "never")', kind="string", default="missing"),
    Flag("sig-proxy", "Proxy received signals to the process", default=True),
)


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Create and run a container."""
    check(context, values)
    try:
        body = container_body.build(values, arguments)
    except container_body.BadOption as error:
        raise CliError(create.with_hint(context, f"docker: {error}"), 125) from None
    body["HostConfig"]["ConsoleSize"] = list(attaching.window())
    try:
        identity = create.create(context, values, body)
    except FAILURES as error:
        raise CliError(create.with_hint(context, f"docker: {text(error)}"), 125) from None
    return background(context, identity) if not wanted(values, body) else foreground(context, values, body, identity)


def check(context: Context, values: Values) -> None:
    """Refuse what does not go together."""
    if values["detach"] and values["attach"]:
        raise CliError("conflicting options: cannot specify both --attach and --detach")
    attaching.check_terminal(values["tty"], "stdin" in values["attach"] or values["interactive"], values["detach"])


def wanted(values: Values, body: dict[str, Any]) -> bool:
    """Say whether any stream is attached."""
    return not values["detach"] and (body["AttachStdin"] or body["AttachStdout"] or body["AttachStderr"])


def background(context: Context, identity: str) -> int:
    """Start and print the id."""
    try:
        containers.start(context.client, identity)
    except FAILURES as error:
        raise failed(context, text(error)) from None
    context.out(identity)
    return 0


def failed(context: Context, message: str) -> CliError:
    """Give the error of a start that failed, with the exit code a shell would have."""
    low = message.lower()
    code = 125
    if any(words in low for words in ("executable file not found", "no such file or directory", "system cannot find")):
        code = 127
    elif "permission denied" in low or "is a directory" in low:
        code = 126
    return CliError(create.with_hint(context, f"docker: {message}"), code)


def foreground(context: Context, values: Values, body: dict[str, Any], identity: str) -> int:
    """Attach first, then start, so that nothing the container says is lost."""
    try:
        pump = attaching.pump(
            context, identity, tty=body["Tty"], stdin=body["AttachStdin"], stdout=body["AttachStdout"],
            stderr=body["AttachStderr"], detach_keys=values["detach-keys"],
        )  # fmt: skip
        condition = "removed" if body["HostConfig"]["AutoRemove"] else "next-exit"
        exit_ = containers.wait(context.client, identity, condition)
        if values["sig-proxy"] and not body["Tty"]:
            attaching.proxy(context, pump, identity)
        containers.start(context.client, identity, detach_keys=values["detach-keys"])
    except FAILURES as error:
        raise failed(context, text(error)) from None
    return follow(context, pump, body, identity, exit_)


def follow(context: Context, pump: Pump, body: dict[str, Any], identity: str, exit_: Iterator[Any]) -> int:
    """Copy streams until the end and give the exit code."""
    if body["Tty"]:
        attaching.follow_window(context, pump, identity)
    if attaching.copy(pump, tty=body["Tty"]):
        return 0
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    return exit_code(exit_)


def exit_code(exit_: Iterator[Any]) -> int:
    """Read the engine's answer to wait."""
    try:
        answer = next(exit_, None)
    except (ConnectionFailed, OSError):
        answer = None
    if answer is None:
        os.write(2, b"Error waiting for container: unexpected EOF\n")
        return 125
    problem = (answer.get("Error") or {}).get("Message")
    if problem:
        os.write(2, f"Error waiting for container: {problem}\n".encode())
        return 125
    return int(answer["StatusCode"])


COMMAND = Command(
    "run",
    "Create and run a new container from an image",
    "[OPTIONS] IMAGE [COMMAND] [ARG...]",
    FLAGS,
    run,
    args=(1, None),
    options_first=True,
    aliases="docker container run, docker run",
)
