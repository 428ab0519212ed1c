"""Read an archive once, forwards: decompressed, hashed, and with every byte between files remembered."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from .refusal import Refusal

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 1 << 20
LARGEST_HEADER = 16 << 20  # a pax header may claim any length; no honest one is longer

_MAGIC: tuple[tuple[bytes, Callable[[Any], Any]], ...] = (
    (b"\x1f\x8b\x08", lambda raw: gzip.GzipFile(fileobj=raw)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
    (b"\x28\xb5\x2f\xfd", lambda raw: zstd.ZstdFile(raw)),
)


class Readable(Protocol):
    """What can be read from, forwards."""

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes."""


class Window(io.RawIOBase):
    """A part of a file (or all that comes out of a pipe) as a stream; the file's own offset stays as it is."""

    def __init__(self, fd: int, offset: int | None = None, size: int | None = None) -> None:
        super().__init__()
        self._fd, self._offset, self._left = fd, offset, size

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as one read(2) goes."""
        view = buffer if self._left is None else buffer[: self._left]
        if not len(view):
            return 0
        count = os.readv(self._fd, [view]) if self._offset is None else os.preadv(self._fd, [view], self._offset)
        if self._offset is not None:
            self._offset += count
        if self._left is not None:
            self._left -= count
        return count


def plain(window: Window) -> Readable:
    """Decompress by the first bytes, as Docker does: plain, gzip, bzip2, xz or zstd."""
    raw = io.BufferedReader(window, CHUNK)
    start = raw.peek(8)[:8]
    for magic, opener in _MAGIC:
        if start.startswith(magic):
            opened: Readable = opener(raw)
            return opened
    return raw


class Source:
    """What tarfile reads from: its reads are kept as raw bytes, contents of files are passed by `payload`."""

    def __init__(self, stream: Readable, keep: Callable[[bytes], None] | None = None, *, hashed: bool = True) -> None:
        self._stream, self._keep = stream, keep
        self._hash = hashlib.sha256() if hashed else None  # `docker cp` needs no digest: a third of its time
        self._position = 0

    def tell(self) -> int:
        """Give the position in the uncompressed archive."""
        return self._position

    def read(self, size: int) -> bytes:
        """Read header bytes; fewer only at the end."""
        if size > LARGEST_HEADER:
            raise Refusal(f"invalid archive: a header of {size} bytes")
        data = b""
        while len(data) < size and (more := self._stream.read(size - len(data))):
            data += more
        self._account(data)
        if self._keep is not None:
            self._keep(data)
        return data

    def seek(self, position: int) -> None:
        """Go forwards by reading; there is no way back."""
        if position < self._position:
            raise Refusal("invalid archive: it points backwards")
        while self._position < position:
            if not self.read(min(CHUNK, position - self._position)):
                raise Refusal("unexpected EOF")

    def payload(self, size: int) -> Iterator[bytes]:
        """Read the contents of one file; they are hashed, but not kept."""
        while size:
            data = self._stream.read(min(CHUNK, size))
            if not data:
                raise Refusal("unexpected EOF")
            size -= len(data)
            self._account(data)
            yield data

    def rest(self) -> None:
        """Read to the end: padding after the last entry belongs to the archive's digest."""
        while self.read(CHUNK):
            pass

    def digest(self) -> str:
        """Give the digest of all that was read; "" where nobody asked for it."""
        return f"sha256:{self._hash.hexdigest()}" if self._hash is not None else ""

    def _account(self, data: bytes) -> None:
        if self._hash is not None:
            self._hash.update(data)
        self._position += len(data)
