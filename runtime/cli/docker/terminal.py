"""The user's terminal: raw mode, size, and the keys that detach."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

DEFAULT_KEYS = "ctrl-p,ctrl-q"
SPECIAL = {"@": 0, "[": 27, "\\": 28, "]": 29, "^": 30, "_": 31}


def size(fd: int) -> tuple[int, int]:
    """Give rows and columns, (0, 0) where there is no terminal."""
    try:
        columns, rows = os.get_terminal_size(fd)
    except OSError:
        return 0, 0
    return rows, columns


class Raw:
    """Raw mode while inside: every key goes to the container, none to this terminal's line discipline."""

    def __init__(self, fd: int, *, wanted: bool) -> None:
        self.fd = fd
        self.wanted = wanted and os.isatty(fd)

    def __enter__(self) -> Raw:
        if self.wanted:
            import termios

            self.saved = termios.tcgetattr(self.fd)
            mode = termios.tcgetattr(self.fd)
            mode[0] &= ~(
                termios.IGNBRK | termios.BRKINT | termios.PARMRK | termios.ISTRIP | termios.INLCR | termios.IGNCR
                | termios.ICRNL | termios.IXON
            )  # fmt: skip
            mode[1] &= ~termios.OPOST
            mode[2] = mode[2] & ~(termios.CSIZE | termios.PARENB) | termios.CS8
            mode[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN)
            termios.tcsetattr(self.fd, termios.TCSANOW, mode)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.wanted:
            import termios

            termios.tcsetattr(self.fd, termios.TCSANOW, self.saved)


def parse_keys(text: str) -> bytes:
    """Read `ctrl-p,ctrl-q`, `a,b`, …; ValueError for an unknown key."""
    codes = []
    for key in text.split(","):
        if len(key) == 1:
            codes.append(ord(key))
        elif key.startswith("ctrl-") and len(key) == 6 and (key[5].islower() or key[5] in SPECIAL):
            codes.append(SPECIAL[key[5]] if key[5] in SPECIAL else ord(key[5]) - 96)
        else:
            raise ValueError(f"Unknown character: '{key}'")
    return bytes(codes)


class DetachKeys:
    """Watch typed bytes for the sequence that detaches; a beginning of it is held back until it is decided."""

    def __init__(self, keys: bytes) -> None:
        self.keys = keys
        self.held = 0

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """Give the bytes to pass on, and whether the sequence is complete."""
        if not self.keys:
            return data, False
        out = bytearray()
        for byte in data:
            if byte == self.keys[self.held]:
                self.held += 1
                if self.held == len(self.keys):
                    self.held = 0
                    return bytes(out), True
                continue
            out += self.keys[: self.held]
            self.held = 1 if byte == self.keys[0] else 0
            if not self.held:
                out.append(byte)
        return bytes(out), False
