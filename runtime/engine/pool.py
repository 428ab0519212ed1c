"""Boxes that wait: their namespaces and their place on the default bridge are made before anybody asks.

Design note. A box in the pool is an ordinary one whose interpreter has run `plan.FIRST`; taking it is the only
difference from making it. It is refilled when the loop has nothing better to do. A daemon that is killed takes
its pool with it: the interpreters see the end of file, the namespaces go with the last descriptor.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import logging
from typing import TYPE_CHECKING

from ..box import plan
from ..box.spawn import Box
from ..errors import EngineError
from ..model.container import Container
from ..model.network import Sandbox

if TYPE_CHECKING:
    from .engine import Engine

log = logging.getLogger(__name__)

SIZE = 3
QUIET = 0.02  # seconds without a start before the pool is refilled, so that it does not compete with one


class Pool:
    """Ready boxes for ordinary containers on the default bridge."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ready: collections.deque[tuple[Box, Sandbox]] = collections.deque()
        self._timer: asyncio.TimerHandle | None = None
        self._filling: asyncio.Task[None] | None = None
        self._closed = False

    async def take(self, container: Container) -> tuple[Box, Sandbox]:
        """Give a ready box, or make one; ask for `refill` later."""
        self.refill_soon()
        while self._ready:
            box, sandbox = self._ready.popleft()
            if box.alive:
                return box, sandbox
            box.discard()
            await self._engine.networks.release(sandbox)
        return await self._make()

    async def _make(self) -> tuple[Box, Sandbox]:
        sandbox = await self._engine.networks.prepare("default", None)
        box = None
        try:
            box = self._engine.spawner.box()
            box.prepare(plan.FIRST, {"net": sandbox.namespace})
            await box.ready()
        except BaseException:
            if box is not None:
                box.discard()
            await self._engine.networks.release(sandbox)
            raise
        return box, sandbox

    def refill_soon(self) -> None:
        """Refill once it has been quiet for a moment."""
        if self._timer is not None:
            self._timer.cancel()
        if not self._closed:
            self._timer = asyncio.get_running_loop().call_later(QUIET, self._refill)

    def _refill(self) -> None:
        if self._filling is None or self._filling.done():
            self._filling = self._engine.spawn(self._fill())

    async def _fill(self) -> None:
        try:
            while len(self._ready) < SIZE and not self._closed:
                self._ready.append(await self._make())
        except (EngineError, OSError) as error:  # whoever starts a container will be told
            log.debug("pool not refilled: %s", error)

    async def close(self) -> None:
        """Give up all boxes that wait."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._filling is not None:
            self._filling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._filling
        while self._ready:
            box, sandbox = self._ready.popleft()
            box.discard()
            await self._engine.networks.release(sandbox)
