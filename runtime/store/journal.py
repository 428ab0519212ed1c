"""The journal: every call made to the engine and every event of it, append-only and hash-chained.

One JSON object per line. `hash` is the SHA-256 of the line without it; `prev` is the hash of the line before, so
that a line which is changed, dropped or moved breaks the chain from there on. What a crash leaves half written at
the end is cut when the journal is opened; the rest of a journal is never rewritten.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

JSON = dict[str, Any]

FIRST = "0" * 64
_TAIL = 1 << 20  # the last line is looked for in this many bytes; no entry is longer


class Journal:
    """Writes one journal. There is one daemon per data root, so there is one writer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        last = self._recover()
        self._seq = int(last["seq"]) if last else 0
        self._prev = str(last["hash"]) if last else FIRST

    def append(self, entry: JSON) -> None:
        """Add one entry: a single write(2), so that a crash leaves all of it or a torn last line."""
        self._seq += 1
        body = {"seq": self._seq, **entry, "prev": self._prev}
        self._prev = digest(body)
        os.write(self._fd, encode({**body, "hash": self._prev}) + b"\n")

    def read(self) -> Iterator[bytes]:
        """Give what is written so far, in pieces of whole lines or parts of them."""
        size, offset = os.fstat(self._fd).st_size, 0
        while offset < size:
            piece = os.pread(self._fd, min(1 << 16, size - offset), offset)
            if not piece:
                return
            offset += len(piece)
            yield piece

    def close(self) -> None:
        """Stop writing."""
        os.close(self._fd)

    def _recover(self) -> JSON | None:
        """Cut a torn last line and give the last whole entry."""
        size = os.fstat(self._fd).st_size
        start = max(0, size - _TAIL)
        tail = os.pread(self._fd, size - start, start)
        while tail:
            whole = tail.rfind(b"\n", 0, len(tail)) + 1
            if whole != len(tail):
                tail = tail[:whole]
                os.ftruncate(self._fd, start + whole)
                continue
            line = tail[tail.rfind(b"\n", 0, whole - 1) + 1 :]
            if (entry := _entry(line)) is not None:
                return entry
            tail = tail[: -len(line)]
            os.ftruncate(self._fd, start + len(tail))
        return None


def encode(value: JSON) -> bytes:
    """Write JSON in the one form that is hashed: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def digest(body: JSON) -> str:
    """Hash an entry without its `hash`."""
    return hashlib.sha256(encode(body)).hexdigest()


def verify(lines: Iterable[str | bytes]) -> str:
    """Check a journal from its first line on; "" when it is whole, else what is wrong with which entry."""
    prev = FIRST
    for seq, line in enumerate(lines, 1):
        entry = _entry(line)
        if entry is None:
            return f"entry {seq} is not a journal entry"
        stated = entry.pop("hash")
        if entry.get("seq") != seq:
            return f"entry {seq} has the number {entry.get('seq')}"
        if entry.get("prev") != prev:
            return f"entry {seq} does not follow the one before it"
        if digest(entry) != stated:
            return f"entry {seq} was changed after it was written"
        prev = stated
    return ""


def _entry(line: str | bytes) -> JSON | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    good = isinstance(entry, dict) and isinstance(entry.get("seq"), int) and isinstance(entry.get("hash"), str)
    return entry if good else None
