"""Records on disk: one frozen value per folder, changed only inside `async with records.edit(key)`.

Design note. Lock: one asyncio.Lock per record, taken by `edit` (short: between reading and writing one
value, never while a user's process is waited for). Source of truth: the file `record.json`, of which
`self._values` is the copy in memory. What a restart must repair: nothing here, a record is written whole or
not at all; what the record says of the world is repaired by `engine.restore`.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from . import atomic

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclasses.dataclass(slots=True)
class Draft(Generic[T]):
    """The one mutable cell: set `value`, and leaving `edit` writes it."""

    value: T

    def change(self, **fields: Any) -> None:
        """Replace fields of the value."""
        self.value = dataclasses.replace(self.value, **fields)  # type: ignore[type-var]


class Records(Generic[T]):
    """The records of one kind, in `folder/<key>/record.json`."""

    def __init__(
        self,
        folder: Path,
        *,
        encode: Callable[[T], Any],
        decode: Callable[[Any], T],
        lasting: Callable[[T], bool] = lambda _value: True,
    ) -> None:
        self.folder = folder
        self._lasting = lasting  # whether a value is worth waiting for the disk: it outlives a power cut
        self._encode, self._decode = encode, decode
        self._values: dict[str, T] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)

    def load(self) -> None:
        """Read all records; one that cannot be read is set aside as `record.json.broken` and logged."""
        for path in sorted(self.folder.glob("*/record.json")):
            try:
                self._values[path.parent.name] = self._decode(json.loads(path.read_bytes()))
            except (ValueError, KeyError, TypeError) as error:
                log.error("record %s is unreadable, set aside: %s", path, error)
                path.rename(path.with_name("record.json.broken"))

    def path(self, key: str) -> Path:
        """Give the folder of a record."""
        return self.folder / key

    def __getitem__(self, key: str) -> T:
        return self._values[key]

    def get(self, key: str) -> T | None:
        """Give a record, or None."""
        return self._values.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._values.values()))

    def add(self, key: str, value: T) -> None:
        """Create a record; its folder may already hold files that belong to it."""
        folder = self.path(key)
        folder.mkdir(exist_ok=True, mode=0o710)
        self._write(key, value)
        self._values[key] = value

    @contextlib.asynccontextmanager
    async def edit(self, key: str) -> AsyncIterator[Draft[T]]:
        """Change a record: yields a draft, writes it when the block ends; on an exception nothing is written.

        Raises KeyError when there is no such record (any more).
        """
        async with self._locks.setdefault(key, asyncio.Lock()):
            draft = Draft(self._values[key])
            yield draft
            if draft.value != self._values[key]:
                self._write(key, draft.value)
                self._values[key] = draft.value

    def remove(self, key: str) -> None:
        """Forget a record and delete its file; the folder itself is the caller's to clear."""
        self._values.pop(key, None)
        self._locks.pop(key, None)
        (self.path(key) / "record.json").unlink(missing_ok=True)

    def clear_folder(self, key: str) -> None:
        """Delete what is left of a removed record's folder."""
        shutil.rmtree(self.path(key), ignore_errors=True)

    def _write(self, key: str, value: T) -> None:
        data = json.dumps(self._encode(value), separators=(",", ":")).encode()
        atomic.write(self.path(key) / "record.json", data, lasting=self._lasting(value))
