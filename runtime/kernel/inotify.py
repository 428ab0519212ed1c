"""Being told that a file has changed, instead of looking again and again (inotify(7))."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import struct
from collections.abc import Iterator

IN_MODIFY = 0x2
IN_MOVE_SELF = 0x800
_EVENT = struct.Struct("iIII")

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, call: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


class Watcher:
    """One inotify instance on the event loop; any number of tasks watch any number of files with it."""

    def __init__(self) -> None:
        self._fd = _checked(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC), "inotify_init1")
        self._watched: dict[int, list[asyncio.Event]] = {}
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._fd, 1 << 16)
            here = 0
            while here < len(data):
                number, _mask, _cookie, length = _EVENT.unpack_from(data, here)
                here += _EVENT.size + length
                for event in self._watched.get(number, ()):
                    event.set()

    @contextlib.contextmanager
    def watching(self, path: str, event: asyncio.Event) -> Iterator[None]:
        """Set `event` whenever `path` is written to or moved, for as long as the block lasts."""
        mask = IN_MODIFY | IN_MOVE_SELF
        number = _checked(_libc.inotify_add_watch(self._fd, os.fsencode(path), mask), f"inotify_add_watch({path!r})")
        self._watched.setdefault(number, []).append(event)
        try:
            yield
        finally:
            waiting = self._watched[number]
            waiting.remove(event)
            if not waiting:
                del self._watched[number]
                _libc.inotify_rm_watch(self._fd, number)  # fails when the file is gone, and so is the watch then

    def close(self) -> None:
        """Stop watching."""
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)
