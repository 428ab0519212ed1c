"""How to rebuild a layer's archive to the byte: its raw headers, and between them the names of files.

The same tree can be archived in many ways, and an image's identity is the digest of one of them. Keeping the
archive beside the unpacked files would double the disk; what is kept is everything but the contents of the files.
The file is one zlib stream of records: a letter, a length (8 bytes), then for R that many raw bytes, for F a path
whose file is that long.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from .refusal import Refusal

JSON = dict[str, Any]
_RECORD = struct.Struct(">cQ")
_PATH = struct.Struct(">cQI")
FLUSH = 1 << 20


class Writer:
    """Collects the pieces of one archive while it is unpacked."""

    def __init__(self, fd: int) -> None:
        self._file = io.FileIO(fd, "wb", closefd=False)
        self._pack = zlib.compressobj(1)
        self._raw: list[bytes] = []
        self._held = 0

    def raw(self, data: bytes) -> None:
        """Add bytes that are in the archive only."""
        self._raw.append(data)
        self._held += len(data)
        if self._held > FLUSH:
            self._flush()

    def file(self, path: str, size: int) -> None:
        """Add the contents of a file."""
        self._flush()
        name = os.fsencode(path)
        self._write(_PATH.pack(b"F", size, len(name)) + name)

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        _write_all(self._file.fileno(), self._pack.flush())

    def _flush(self) -> None:
        if self._held:
            self._write(_RECORD.pack(b"R", self._held) + b"".join(self._raw))
            self._raw.clear()
            self._held = 0

    def _write(self, data: bytes) -> None:
        if packed := self._pack.compress(data):
            _write_all(self._file.fileno(), packed)


class _Inflated(io.RawIOBase):
    """The decompressed records."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd, self._unpack, self._ready = fd, zlib.decompressobj(), b""

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer."""
        while not self._ready and (data := os.read(self._fd, 1 << 16)):
            self._ready = self._unpack.decompress(data)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def _records(fd: int) -> Iterator[tuple[bytes, int, bytes]]:
    reader = io.BufferedReader(_Inflated(fd), FLUSH)
    while head := reader.read(_RECORD.size):
        kind, length = _RECORD.unpack(head)
        body = reader.read(length) if kind == b"R" else reader.read(struct.unpack(">I", reader.read(4))[0])
        yield kind, length, body


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def assemble(files: dict[str, int]) -> JSON:
    """Write the archive that was unpacked here to `out`, from `pieces` and the files below the root."""
    out = files["out"]
    for kind, length, body in _records(files["pieces"]):
        if kind == b"R":
            _write_all(out, body)
        else:
            _send_file(out, os.fsdecode(body), length)
    return {}


def _send_file(out: int, path: str, size: int) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        while size:
            sent = os.sendfile(out, fd, None, min(size, 1 << 30))
            if not sent:
                raise Refusal(f"layer is damaged: {path} is too short", kind="failed")
            size -= sent
    finally:
        os.close(fd)
