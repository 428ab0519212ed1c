"""One run of a container: from its start to its end, what must be undone after it."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from ..box.spawn import Box
from .stdin import Stdin


@dataclass(slots=True)
class Run:
    """What exists while a container runs. `teardown` holds each step's undo and runs it last in, first out."""

    box: Box
    stdin: Stdin
    teardown: contextlib.AsyncExitStack
    ended: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    watcher: asyncio.Task[None] | None = None
    stdin_once: bool = False

    @property
    def pid(self) -> int:
        """Process 1 of the container, on the host."""
        return self.box.pid

    def close_stdin(self) -> None:
        """An attached client's input has ended: with StdinOnce the container's does too."""
        if self.stdin_once and not self.stdin.tty:
            self.stdin.close()
            self.box.close_stdin()


class Waiter:
    """One `docker wait`: registered at once, so that nothing that happens after it is missed."""

    def __init__(self, outcome: asyncio.Future[tuple[int, str]]) -> None:
        self._outcome = outcome

    async def result(self) -> tuple[int, str]:
        """Wait for exit code and error text."""
        return await asyncio.shield(self._outcome)

    def done(self) -> bool:
        """Say whether it is decided already."""
        return self._outcome.done()


class Waiters:
    """Who waits for what of which container."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], list[asyncio.Future[tuple[int, str]]]] = {}

    def register(self, identity: str, what: str) -> asyncio.Future[tuple[int, str]]:
        """Wait for `what` ("exit", "removed", "started") of a container."""
        future: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault((identity, what), []).append(future)
        return future

    def tell(self, identity: str, what: str, outcome: tuple[int, str]) -> None:
        """Wake those who wait for `what`."""
        for future in self._waiting.pop((identity, what), ()):
            if not future.done():
                future.set_result(outcome)
