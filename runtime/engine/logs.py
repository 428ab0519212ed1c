"""Reading a container's stream log: `docker logs`, and the output side of `docker attach`.

A frame is passed on as it is; only --tail, --timestamps, --since and --until look at lines, because only they need
them. Following waits for inotify or for the container's end, whichever comes first.
"""

from __future__ import annotations

import asyncio
import collections
import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EngineError
from ..kernel.inotify import Watcher
from ..model.container import Container
from ..store import streams
from ..store.streams import Frame
from . import clock

if TYPE_CHECKING:
    from .engine import Engine

Piece = tuple[int, bytes]


class Lines:
    """Put the frames of the streams together into whole lines, each with the time of its first byte."""

    def __init__(self) -> None:
        self._begun: dict[int, tuple[int, list[bytes]]] = {}

    def feed(self, frame: Frame) -> Iterator[Frame]:
        """Yield the lines that `frame` completes."""
        time_ns, parts = self._begun.pop(frame.stream, (frame.time_ns, []))
        pieces = frame.data.split(b"\n")
        for piece in pieces[:-1]:
            yield Frame(frame.stream, time_ns, b"".join([*parts, piece, b"\n"]))
            time_ns, parts = frame.time_ns, []
        if pieces[-1]:
            self._begun[frame.stream] = (time_ns, [*parts, pieces[-1]])
        elif parts:
            self._begun[frame.stream] = (time_ns, parts)

    def rest(self) -> Iterator[Frame]:
        """Yield what has no newline at its end."""
        for stream, (time_ns, parts) in sorted(self._begun.items()):
            yield Frame(stream, time_ns, b"".join(parts))
        self._begun.clear()


def lines_of(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Split frames into lines."""
    lines = Lines()
    for frame in frames:
        yield from lines.feed(frame)
    yield from lines.rest()


def stamped(line: Frame) -> bytes:
    """Put the time in front of a line, as `docker logs -t` does: always nine digits."""
    whole = clock.rfc3339(line.time_ns - line.time_ns % 1_000_000_000).removesuffix("Z")
    return f"{whole}.{line.time_ns % 1_000_000_000:09d}Z ".encode() + line.data


class Logs:
    """The stream logs of all containers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._watcher: Watcher | None = None

    def path(self, container: Container) -> Path:
        """Give where a container's log is."""
        return self.engine.containers.records.path(container.id) / "stream.log"

    def attach(
        self, container: Container, *, wanted: tuple[int, ...], beginning: bool, follow: bool
    ) -> AsyncIterator[Piece]:
        """Give the output from now on (or from its beginning), until the container's next end."""
        path = str(self.path(container))
        fd = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
        older = [one for one in streams.files(path) if one != path] if beginning else []
        offset = 0 if beginning else os.fstat(fd).st_size
        ended = self.engine.containers.waiters.register(container.id, "exit") if follow else None
        return self._pieces(path, fd, offset, older, ended, wanted)

    async def _pieces(
        self,
        path: str,
        fd: int,
        offset: int,
        older: list[str],
        ended: asyncio.Future[tuple[int, str]] | None,
        wanted: tuple[int, ...],
    ) -> AsyncIterator[Piece]:
        for frame in _files(older):
            if frame.stream in wanted:
                yield frame.stream, frame.data
        async for frame in self._follow(path, fd, offset, ended):
            if frame.stream in wanted:
                yield frame.stream, frame.data

    async def _follow(
        self, path: str, fd: int, offset: int, ended: asyncio.Future[tuple[int, str]] | None
    ) -> AsyncIterator[Frame]:
        """Read on from `offset`; ends when the container has ended and all is read. Closes `fd`."""
        try:
            while True:
                over = ended is None or ended.done()
                frames, offset = streams.read(fd, offset)
                for frame in frames:
                    yield frame
                if frames:
                    continue
                if (fresh := _rotated(path, fd)) is not None:
                    os.close(fd)
                    fd, offset = fresh, 0
                elif over:
                    return
                else:
                    assert ended is not None
                    await self._news(path, fd, offset, ended)
        finally:
            os.close(fd)

    async def _news(self, path: str, fd: int, offset: int, ended: asyncio.Future[tuple[int, str]]) -> None:
        event = asyncio.Event()

        def wake(_future: object) -> None:
            event.set()

        self._watcher = self._watcher or Watcher()
        ended.add_done_callback(wake)
        try:
            with self._watcher.watching(path, event):
                if os.fstat(fd).st_size == offset and not ended.done():
                    await event.wait()
        except FileNotFoundError:  # removed: all that is left is the end
            await event.wait()
        finally:
            ended.remove_done_callback(wake)

    async def read(
        self,
        container: Container,
        *,
        stdout: bool,
        stderr: bool,
        since: int | None,
        until: int | None,
        tail: int | None,
        follow: bool,
        timestamps: bool,
    ) -> AsyncIterator[Piece]:
        """Give the log as `docker logs` asks for it; times in ns, `tail` in lines (None: all)."""
        if container.host["LogConfig"]["Type"] == "none":
            raise EngineError("configured logging driver does not support reading")
        wanted = {number for number, asked in ((1, stdout or container.tty), (2, stderr)) if asked}
        by_line = timestamps or tail is not None or since is not None or until is not None
        lines = Lines() if by_line else None

        def chosen(frames: Iterable[Frame]) -> Iterator[Frame]:
            for frame in frames:
                if frame.stream in wanted:
                    yield from lines.feed(frame) if lines else (frame,)

        def in_time(line: Frame) -> bool:
            return (since is None or line.time_ns >= since) and (until is None or line.time_ns <= until)

        path = str(self.path(container))
        *older, _last = streams.files(path) or [path]
        fd = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
        running = self.engine.containers.run_of(container.id) is not None
        ended = self.engine.containers.waiters.register(container.id, "exit") if follow and running else None
        offset = 0
        if tail is not None:
            present = list(streams.scan(fd))
            offset = sum(streams.HEADER.size + len(frame.data) for frame in present)
            frames = (frame for frame in itertools.chain(_files(older), present) if frame.stream in wanted)
            for line in _last_lines(frames, tail, in_time):
                yield line.stream, stamped(line) if timestamps else line.data
        else:
            for line in chosen(_files(older)):
                if in_time(line):
                    yield line.stream, stamped(line) if timestamps else line.data
        async for frame in self._follow(path, fd, offset, ended):
            for line in chosen((frame,)):
                if until is not None and line.time_ns > until:
                    return
                if in_time(line):
                    yield line.stream, stamped(line) if timestamps else line.data
        for line in lines.rest() if lines else ():
            if in_time(line):
                yield line.stream, stamped(line) if timestamps else line.data


def _files(paths: Iterable[str]) -> Iterator[Frame]:
    for path in paths:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield from streams.scan(fd)
        finally:
            os.close(fd)


def _rotated(path: str, fd: int) -> int | None:
    """Open the file that is at `path` now, if that is another than `fd`."""
    try:
        fresh = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    if os.path.sameopenfile(fd, fresh):
        os.close(fresh)
        return None
    return fresh


def _last_lines(frames: Iterable[Frame], count: int, in_time: Callable[[Frame], bool]) -> list[Frame]:
    lines = (line for line in lines_of(frames) if in_time(line))
    return list(collections.deque(lines, maxlen=count)) if count else []
