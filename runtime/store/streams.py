"""The stream log: what a container wrote, in frames, exactly as it was read.

    frame = header ">BQI" (stream 1 output or 2 errors, time in ns since 1970, length) + payload

A frame is what one read(2) gave, not a line: a container that writes as fast as it can costs one system call per
64 KiB. Whoever reads splits into lines where lines are asked for. A frame torn by a crash or a full disk is the last
one; readers ignore it, the next writer removes it. Only the standard library: the monitor imports this.
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from typing import NamedTuple

HEADER = struct.Struct(">BQI")
LARGEST = 1 << 20  # payload of one frame: a longer one, or another stream than 1 and 2, is damage


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
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self._size = whole(self._fd)
        self._cut()

    def append(self, stream: int, time_ns: int, data: bytes) -> None:
        """Write one frame with one system call. A full disk loses the output, never the container."""
        if self._max_size and self._size and self._size + len(data) > self._max_size:
            self._rotate()
        size = HEADER.size + len(data)
        try:
            if os.writev(self._fd, (HEADER.pack(stream, time_ns, len(data)), data)) == size:
                self._size += size
            else:
                self._cut()
        except OSError:
            self._cut()

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def _cut(self) -> None:
        """Remove what is behind the last whole frame."""
        with contextlib.suppress(OSError):  # readers stop there; the next writer tries again
            if os.fstat(self._fd).st_size > self._size:
                os.ftruncate(self._fd, self._size)

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


def whole(fd: int) -> int:
    """Give the size of the part of a log that consists of whole frames."""
    offset, size = 0, os.fstat(fd).st_size
    while offset + HEADER.size <= size:
        stream, _time, length = HEADER.unpack(os.pread(fd, HEADER.size, offset))
        if stream not in (1, 2) or length > LARGEST or offset + HEADER.size + length > size:
            break
        offset += HEADER.size + length
    return offset


def read(fd: int, offset: int, *, size: int = 2 * LARGEST) -> tuple[list[Frame], int]:
    """Read whole frames from `offset` on; give them and the offset behind the last. None: nothing new."""
    data = os.pread(fd, size, offset)
    frames: list[Frame] = []
    here = 0
    while here + HEADER.size <= len(data):
        stream, time_ns, length = HEADER.unpack_from(data, here)
        end = here + HEADER.size + length
        if stream not in (1, 2) or length > LARGEST or end > len(data):
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
