"""Bytes between the loop and a helper's pipe."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from ..box.spawn import Spawner
from .stdin import Stdin

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]
CHUNK = 1 << 18


async def feed(
    spawner: Spawner, operations: Sequence[JSON], stream: AsyncIterator[bytes], fds: Mapping[str, int] | None = None
) -> Any:
    """Run a helper that reads the stream on its descriptor `in`; give its result."""
    theirs, ours = os.pipe()
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
        call = asyncio.create_task(spawner.call(operations, fds={"in": theirs, **(fds or {})}))
        await asyncio.sleep(0)  # the request has been sent with a copy of the descriptor
        os.close(theirs)
        theirs = -1
        result = await call
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
    ours, theirs = os.pipe()
    call = asyncio.create_task(spawner.call(operations, fds={"out": theirs, **(fds or {})}))
    await asyncio.sleep(0)
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        async for data in _chunks(ours):
            yield data
        await call
    finally:
        os.close(ours)
        if not call.done():
            call.cancel()


async def _chunks(fd: int) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    while True:
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            ready = loop.create_future()
            loop.add_reader(fd, _settle, ready)
            try:
                await ready
            finally:
                loop.remove_reader(fd)
            continue
        if not data:
            return
        yield data


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def of_file(engine: Engine, file: BinaryIO, told: Callable[[int], None] | None = None) -> AsyncIterator[bytes]:
    """Read a file in the background; `told` hears how much was read."""
    while data := await engine.in_thread(file.read, CHUNK * 4):
        if told is not None:
            told(len(data))
        yield data
