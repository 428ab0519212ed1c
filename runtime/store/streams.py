"""The stream log: what a container wrote, in frames, exactly as it was read.

    frame = header ">BQI" (stream 1 output or 2 errors, time in ns since 1970, length) + payload

A frame is what one read(2) gave, not a line: a container that writes as fast as it can costs one system call per
64 KiB. Whoever reads splits into lines where lines are asked for. A frame torn by a crash is the last one, and is
ignored. Only the standard library: the monitor imports this.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import NamedTuple

HEADER = struct.Struct(">BQI")


class Frame(NamedTuple):
    """One chunk of output."""

    stream: int
    time_ns: int
    data: bytes


class Writer:
    """Append frames to `path`; with a limit it becomes `path.1`, `path.2`, … and a new one begins."""

    def __init__(self, path: str, *, max_size: int = 0, max_files: int = 1) -> None:
        self._path, self._max_size, self._max_files = path, max_size, max_files
        self._open()

    def _open(self) -> None:
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self._size = os.fstat(self._fd).st_size

    def append(self, stream: int, time_ns: int, data: bytes) -> None:
        """Write one frame with one system call. A full disk loses the output, never the container."""
        if self._max_size and self._size and self._size + len(data) > self._max_size:
            self._rotate()
        try:
            self._size += os.writev(self._fd, (HEADER.pack(stream, time_ns, len(data)), data))
        except OSError:
            return

    def _rotate(self) -> None:
        os.close(self._fd)
        for number in range(self._max_files - 1, 0, -1):
            older = self._path if number == 1 else f"{self._path}.{number - 1}"
            if os.path.exists(older):
                os.replace(older, f"{self._path}.{number}")
        if self._max_files == 1:
            os.unlink(self._path)
        self._open()


def files(path: str) -> list[str]:
    """List the files of a log, the oldest first."""
    older, number = [], 1
    while os.path.exists(f"{path}.{number}"):
        older.append(f"{path}.{number}")
        number += 1
    return [*reversed(older), *([path] if os.path.exists(path) else [])]


def read(fd: int, offset: int, *, size: int = 1 << 20) -> tuple[list[Frame], int]:
    """Read whole frames from `offset` on; give them and the offset behind the last. None: nothing new."""
    data = os.pread(fd, size, offset)
    frames: list[Frame] = []
    here = 0
    while here + HEADER.size <= len(data):
        stream, time_ns, length = HEADER.unpack_from(data, here)
        end = here + HEADER.size + length
        if end > len(data):
            if here == 0 and end > size:  # one frame larger than what was asked for
                return read(fd, offset, size=end)
            break
        frames.append(Frame(stream, time_ns, data[here + HEADER.size : end]))
        here = end
    return frames, offset + here


def scan(fd: int, offset: int = 0) -> Iterator[Frame]:
    """Iterate over all whole frames from `offset` to the present end."""
    while True:
        frames, offset = read(fd, offset)
        if not frames:
            return
        yield from frames
