"""Record what is typed into a shell, so that the work can be repeated when it is graded.

The shell gets a terminal of its own; keys go through to it unchanged and are written down line by line, for
the exercise that is under way. What is shown is not recorded.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
import tty
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

ENDS = b"\r\n\x03\x04\x11\x1a"  # keys that end an entry: Enter, Ctrl-C, Ctrl-D, Ctrl-Q, Ctrl-Z


class Recorder:
    """Writes the entries of one terminal: {"terminal": …, "gap": seconds since the entry before, "keys": …}."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder  # holds `current`, the id of the exercise under way, and recordings/
        self.terminal = f"{os.getpid()}-{int(time.time())}"
        self.pending = b""
        self.last = time.monotonic()

    def typed(self, data: bytes) -> None:
        """Take keys as they come and write what is complete."""
        for key in data:
            self.pending += bytes([key])
            if key in ENDS:
                self.flush()

    def flush(self) -> None:
        """Write what was typed since the last entry, where an exercise is under way."""
        keys, self.pending = self.pending.decode(errors="replace"), b""
        now = time.monotonic()
        gap, self.last = round(now - self.last, 1), now
        exercise = self.exercise()
        if not keys or not exercise:
            return
        path = self.folder / "recordings" / f"{exercise}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"terminal": self.terminal, "gap": gap, "keys": keys}) + "\n")

    def exercise(self) -> str:
        """Give the exercise that is under way, "" for none."""
        try:
            return (self.folder / "current").read_text(encoding="utf-8").strip()
        except OSError:
            return ""


def record(argv: Sequence[str], env: Mapping[str, str], folder: Path) -> int:
    """Run a shell on a terminal of its own, recording its keys; give its exit code."""
    child, master = pty.fork()
    if child == 0:
        os.execvpe(argv[0], list(argv), {**env, "HISTFILE": ""})
    recorder = Recorder(folder)
    with raw(), resizing(master):
        carry(master, recorder)
    recorder.flush()
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def carry(master: int, recorder: Recorder) -> None:
    """Carry keys to the shell and its answers back until it ends."""
    sources = [master, sys.stdin.fileno()]
    while True:
        for source in select.select(sources, [], [])[0]:
            try:
                data = os.read(source, 1 << 16)
            except OSError:  # EIO: the shell's side of the terminal is closed
                return
            if source == master:
                if not data:
                    return
                os.write(sys.stdout.fileno(), data)
            elif data:
                recorder.typed(data)
                os.write(master, data)
            else:
                sources.remove(source)


@contextlib.contextmanager
def raw() -> Iterator[None]:
    """Pass every key through while the shell runs, where our input is a terminal."""
    stdin = sys.stdin.fileno()
    if not os.isatty(stdin):
        yield
        return
    before = termios.tcgetattr(stdin)
    tty.setraw(stdin)
    try:
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)


@contextlib.contextmanager
def resizing(master: int) -> Iterator[None]:
    """Keep the shell's terminal as large as ours."""

    def resize(number: int = 0, frame: FrameType | None = None) -> None:
        with contextlib.suppress(OSError):
            size = fcntl.ioctl(sys.stdout.fileno(), termios.TIOCGWINSZ, bytes(8))
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", *struct.unpack("HHHH", size)))

    resize()
    before = signal.signal(signal.SIGWINCH, resize)
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)
