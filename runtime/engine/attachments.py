"""A client's view of a process: its output as it comes, and a way to its input.

A container's output is read from its stream log, so several clients see the same, a slow one holds nobody up
and a restarted daemon goes on where it was. The output of `docker exec` is nobody's but the caller's: it is read
from the pipes, without a log.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from .stdin import Stdin

CHUNK = 1 << 16
Frame = tuple[int, bytes]  # stream number (1 output, 2 errors), data


class Attachment:
    """Iterate it for the output; `write` and `close_stdin` for the input."""

    def __init__(
        self,
        output: AsyncIterator[Frame] | None,
        *,
        tty: bool,
        stdin: Callable[[], Awaitable[Stdin]] | None = None,
        end_stdin: Callable[[], None] | None = None,
    ) -> None:
        self.tty = tty
        self._output = output
        self._stdin = stdin
        self._end_stdin = end_stdin

    @property
    def has_stdin(self) -> bool:
        """Whether what the client sends goes anywhere."""
        return self._stdin is not None

    async def __aiter__(self) -> AsyncIterator[Frame]:
        if self._output is not None:
            async for frame in self._output:
                yield frame

    async def write(self, data: bytes) -> None:
        """Pass input on; waits for a container that is not started yet. BrokenPipeError when it reads no more."""
        if self._stdin is not None:
            await (await self._stdin()).write(data)

    async def close_stdin(self) -> None:
        """The client's input has ended."""
        if self._stdin is not None and not self.tty:
            await self._stdin()
            if self._end_stdin is not None:
                self._end_stdin()

    async def close(self) -> None:
        """Let go of the output."""
        closing = getattr(self._output, "aclose", None)
        if closing is not None:
            with contextlib.suppress(RuntimeError):  # it is being read at this moment: its reader was cancelled
                await closing()


class Pipes:
    """Read pipes or a terminal's master until they end or the process does, never more than a little ahead."""

    AHEAD = 16  # chunks

    def __init__(self, sources: Mapping[int, int], ended: asyncio.Future[int]) -> None:
        self._sources = dict(sources)  # descriptor -> stream number
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._frames: collections.deque[Frame] = collections.deque()
        self._news = asyncio.Event()
        self._paused: list[int] = []
        for fd in self._sources:
            os.set_blocking(fd, False)
            self._loop.add_reader(fd, self._read, fd)
        ended.add_done_callback(lambda _: self._news.set())

    def _read(self, fd: int) -> None:
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return
        except OSError:  # EIO: the terminal's other end is closed
            data = b""
        if data:
            self._frames.append((self._sources[fd], data))
            if len(self._frames) >= self.AHEAD:
                self._loop.remove_reader(fd)
                self._paused.append(fd)
        else:
            self._drop(fd)
        self._news.set()

    def _drop(self, fd: int) -> None:
        self._loop.remove_reader(fd)
        del self._sources[fd]
        os.close(fd)

    def _drain(self) -> None:
        """Read what the dead process left; a child of its that holds the pipe open is not waited for."""
        for fd in list(self._sources):
            before = -1
            while fd in self._sources and before != len(self._frames):
                before = len(self._frames)
                self._read(fd)

    async def __aiter__(self) -> AsyncIterator[Frame]:
        try:
            while True:
                if self._ended.done():
                    self._drain()
                while self._frames:
                    yield self._frames.popleft()
                    self._resume()
                if self._ended.done():
                    return
                self._news.clear()
                await self._news.wait()
        finally:
            self.close()

    def _resume(self) -> None:
        while self._paused and len(self._frames) < self.AHEAD:
            fd = self._paused.pop()
            if fd in self._sources:
                self._loop.add_reader(fd, self._read, fd)

    def close(self) -> None:
        """Close what is open."""
        for fd in list(self._sources):
            self._drop(fd)
