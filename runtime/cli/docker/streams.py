"""Attached: standard input to the container, its output to ours, signals and window sizes on the side.

One thread, one poll: the hijacked connection, standard input, and a pipe that signals write to. Input waits while
the connection does not take it, so that neither side can block the other.
"""

from __future__ import annotations

import os
import select
import signal

from . import frames, terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...client.connection import Connection

BLOCK = 64 * 1024
NOT_FORWARDED = ("SIGCHLD", "SIGPIPE", "SIGURG", "SIGWINCH", "SIGKILL", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU")
RETRY = (BlockingIOError, InterruptedError)


class Detached(Exception):
    """The user typed the detach keys."""


class Signals:
    """Signals as bytes in a pipe, for the poll; each goes to the function that is set for it."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.writer, False)
        os.set_blocking(self.reader, False)
        signal.set_wakeup_fd(self.writer, warn_on_full_buffer=False)
        self.actions: dict[int, Callable[[int], None]] = {}

    def close(self) -> None:
        """Let go of the pipe; signals go their old ways."""
        signal.set_wakeup_fd(-1)
        os.close(self.reader)
        os.close(self.writer)

    def on(self, number: int, action: Callable[[int], None]) -> None:
        """Call `action` in the poll loop whenever the signal comes."""
        self.actions[number] = action
        signal.signal(number, lambda *_: None)

    def act(self) -> None:
        """Serve the signals that came."""
        try:
            for number in os.read(self.reader, 64):
                action = self.actions.get(number)
                if action is not None:
                    action(number)
        except RETRY:
            return


def forward_to(signals: Signals, send: Callable[[str], None]) -> None:
    """Pass on every signal that makes sense in a container; the third Ctrl-C or SIGTERM leaves."""
    ends = 0

    def pass_on(number: int) -> None:
        nonlocal ends
        if number in (signal.SIGINT, signal.SIGTERM):
            ends += 1
            if ends >= 3:
                os.write(2, b"\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n")
                os._exit(1)
        send(signal.Signals(number).name.removeprefix("SIG"))

    for number in sorted(signal.valid_signals()):
        if number < signal.SIGRTMIN and signal.Signals(number).name not in NOT_FORWARDED:
            signals.on(number, pass_on)


class Pump:
    """Copy between the terminal and a hijacked connection until the container's output ends."""

    def __init__(
        self,
        connection: Connection,
        signals: Signals,
        *,
        tty: bool,
        stdin: bool,
        detach_keys: str | None,
    ) -> None:
        self.connection = connection
        self.signals = signals
        self.sink: frames.Plain | frames.Demultiplexer = frames.Plain() if tty else frames.Demultiplexer()
        self.stdin = stdin
        keys = terminal.parse_keys(detach_keys or terminal.DEFAULT_KEYS) if detach_keys is not None else b""
        self.keys = terminal.DetachKeys(keys)
        self.waiting = b""
        self.ended = False

    def run(self) -> None:
        """Copy until the end; Detached when the user typed the keys."""
        if self.connection.ahead:
            self.sink.feed(self.connection.read())
        self.connection.socket.setblocking(False)
        try:
            while self.turn():
                pass
        finally:
            self.connection.close()

    def turn(self) -> bool:
        """Wait for something to do and do it; False at the end of the output."""
        link = self.connection.socket.fileno()
        watch = select.poll()
        watch.register(link, select.POLLIN | (select.POLLOUT if self.waiting else 0))
        watch.register(self.signals.reader, select.POLLIN)
        if self.stdin and not self.waiting:
            watch.register(0, select.POLLIN)
        ready = dict(watch.poll())
        if self.signals.reader in ready:
            self.signals.act()
        if ready.get(link, 0) & ~select.POLLOUT and not self.receive():
            return False
        if 0 in ready:
            self.type()
        if self.waiting:
            self.push()
        return True

    def receive(self) -> bool:
        """Read output; False at its end."""
        while True:
            try:
                data = self.connection.read()
            except RETRY:
                return True
            except ConnectionResetError:
                return False
            except OSError as error:
                if type(error).__name__ in ("SSLWantReadError", "SSLWantWriteError"):
                    return True
                raise
            if not data:
                return False
            self.sink.feed(data)

    def type(self) -> None:
        """Read standard input; its end is the connection's writing end."""
        try:
            data = os.read(0, BLOCK)
        except OSError:
            data = b""
        if not data:
            self.stdin = False
            self.ended = True
            return self.finish()
        self.waiting, detached = self.keys.feed(data)
        if detached:
            self.push()
            raise Detached
        return None

    def push(self) -> None:
        """Send what the connection takes."""
        try:
            sent = self.connection.socket.send(self.waiting)
        except RETRY:
            return
        except (BrokenPipeError, ConnectionResetError):
            self.stdin, self.waiting = False, b""
            return
        except OSError as error:
            if type(error).__name__ in ("SSLWantReadError", "SSLWantWriteError"):
                return
            raise
        self.waiting = self.waiting[sent:]

    def finish(self) -> None:
        """Say that no more input comes."""
        try:
            self.connection.close_writing()
        except OSError:
            # The other end is gone already, or (TLS) answers our goodbye later: reading goes on either way.
            return
