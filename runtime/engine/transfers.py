"""Bytes between the loop and a helper's pipe."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..box.spawn import Spawner
from ..errors import BadRequest, EngineError, NotFound
from .stdin import Stdin, settle

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]
CHUNK = 1 << 18
_KINDS: dict[str, type[EngineError]] = {"bad": BadRequest, "missing": NotFound, "failed": EngineError}
_F_SETPIPE_SZ = 1031  # fcntl(2)


def _pipe() -> tuple[int, int]:
    """Make a pipe with room for some chunks, so that its two sides do not run in lockstep."""
    reading, writing = os.pipe()
    with contextlib.suppress(OSError):  # the user's share of pipe pages is used up
        fcntl.fcntl(reading, _F_SETPIPE_SZ, 1 << 20)
    return reading, writing


def root(path: Path) -> list[JSON]:
    """Operations that make a folder of the host a helper's root."""
    return [{"op": "root", "path": str(path)}, {"op": "chroot"}]


async def call(spawner: Spawner, operations: Sequence[JSON], fds: Mapping[str, int]) -> Any:
    """Run a helper; an archive function's refusal is raised as whose fault it is."""
    answer = await spawner.call(operations, fds=fds)
    if isinstance(answer, dict) and "error" in answer:
        raise _KINDS[answer["kind"]](answer["error"])
    return answer


async def feed(
    spawner: Spawner, operations: Sequence[JSON], stream: AsyncIterator[bytes], fds: Mapping[str, int] | None = None
) -> Any:
    """Run a helper that reads the stream on its descriptor `in`; give its result."""
    theirs, ours = _pipe()
    pipe = Stdin(ours, tty=False)

    async def send() -> None:
        try:
            async for data in stream:
                await pipe.write(data)
        except BrokenPipeError:  # the helper has read enough, or failed: its report says which
            pass
        finally:
            pipe.close()

    sending = asyncio.create_task(send())
    try:
        running = asyncio.create_task(call(spawner, operations, {"in": theirs, **(fds or {})}))
        await asyncio.sleep(0)  # the request has been sent with a copy of the descriptor
        os.close(theirs)
        theirs = -1
        result = await running
        await sending
        return result
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
        if theirs >= 0:
            os.close(theirs)


async def drain(
    engine: Engine, spawner: Spawner, operations: Sequence[JSON], fds: Mapping[str, int] | None = None
) -> AsyncIterator[bytes]:
    """Run a helper that writes to its descriptor `out`; yield what it writes, then raise what failed."""
    ours, theirs = _pipe()
    running = asyncio.create_task(call(spawner, operations, {"out": theirs, **(fds or {})}))
    await asyncio.sleep(0)
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        async for data in _chunks(ours):
            yield data
        await running
    finally:
        os.close(ours)
        if not running.done():
            running.cancel()


async def _chunks(fd: int) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    while True:
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            ready = loop.create_future()
            loop.add_reader(fd, settle, ready)
            try:
                await ready
            finally:
                loop.remove_reader(fd)
            continue
        if not data:
            return
        yield data


async def spool(engine: Engine, stream: AsyncIterator[bytes], file: int) -> int:
    """Write a stream into a file, in large chunks from a thread; give its length."""
    held: list[bytes] = []
    size = total = 0
    async for data in stream:
        held.append(data)
        size, total = size + len(data), total + len(data)
        if size >= 1 << 21:
            await engine.in_thread(_write, file, held)
            held, size = [], 0
    await engine.in_thread(_write, file, held)
    return total


def _write(file: int, chunks: list[bytes]) -> None:
    view = memoryview(b"".join(chunks))
    while view:
        view = view[os.write(file, view) :]
