"""What run, start, attach and exec share: the attached connection, forwarded signals, the window's size."""

from __future__ import annotations

import os
import signal

from ...client import containers
from . import streams, terminal
from .command import CliError
from .failure import FAILURES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .context import Context


def window() -> tuple[int, int]:
    """Give rows and columns of the terminal, (0, 0) without one."""
    return terminal.size(1) if os.isatty(1) else terminal.size(0)


def check_terminal(tty: bool, stdin: bool, detach: bool) -> None:
    """Refuse a terminal for the container where there is none for the keys."""
    if tty and stdin and not detach and not os.isatty(0):
        raise CliError("the input device is not a TTY")


def keys(context: Context, given: str) -> str:
    """Give the detach keys: the flag's, the configured ones, Docker's."""
    chosen = given or str(context.config.get("detachKeys") or "")
    try:
        terminal.parse_keys(chosen or terminal.DEFAULT_KEYS)
    except ValueError:
        raise CliError(f"invalid detach keys: {chosen}") from None
    return chosen


def pump(
    context: Context,
    name: str,
    *,
    tty: bool,
    stdin: bool,
    stdout: bool,
    stderr: bool,
    detach_keys: str,
    logs: bool = False,
) -> streams.Pump:
    """Attach to a container."""
    chosen = keys(context, detach_keys)
    connection = containers.attach(
        context.client,
        name,
        stream=True,
        stdin=stdin or None,
        stdout=stdout or None,
        stderr=stderr or None,
        logs=logs or None,
        detachKeys=chosen or None,
    )
    return streams.Pump(
        connection,
        streams.Signals(),
        tty=tty,
        stdin=stdin,
        detach_keys=chosen or terminal.DEFAULT_KEYS if tty else None,
    )


def proxy(context: Context, pump: streams.Pump, name: str) -> None:
    """Pass signals on to the container."""

    def send(number: str) -> None:
        try:
            containers.kill(context.client, name, number)
        except FAILURES:
            # The container ended between the signal and now: there is nobody left to tell.
            return

    streams.forward_to(pump.signals, send)


def follow_window(context: Context, pump: streams.Pump, name: str) -> None:
    """Give the container's terminal the size of this one, now and whenever it changes."""
    watch_window(pump, lambda rows, columns: containers.resize(context.client, name, height=rows, width=columns))


def watch_window(pump: streams.Pump, resize: Callable[[int, int], None]) -> None:
    """Call `resize` now and at every change of the window's size."""

    def changed(_number: int) -> None:
        rows, columns = window()
        if rows or columns:
            try:
                resize(rows, columns)
            except FAILURES:
                # Too early or too late; the size is asked for again at the next change.
                return

    pump.signals.on(signal.SIGWINCH, changed)
    changed(signal.SIGWINCH)


def copy(pump: streams.Pump, *, tty: bool) -> bool:
    """Copy until the container's output ends; True when the user detached."""
    with terminal.Raw(0, wanted=tty and pump.stdin):
        try:
            pump.run()
        except streams.Detached:
            return True
    return False
