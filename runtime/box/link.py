"""The daemon's end of a channel: messages arrive on the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from typing import Any

from . import channel

JSON = dict[str, Any]


class Link:
    """One SOCK_SEQPACKET end, read by the event loop; one task at a time waits in `receive`."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._messages: list[tuple[JSON, list[int]]] = []
        self._closed = False
        self._waiting: asyncio.Future[None] | None = None
        self._loop.add_reader(sock.fileno(), self._ready)  # by number: asyncio spells a socket out each time

    def _ready(self) -> None:
        try:
            while True:
                self._messages.append(channel.receive(self._sock))
        except BlockingIOError:
            pass
        except (channel.Closed, OSError):
            self.close()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def send(self, message: JSON, fds: tuple[int, ...] = ()) -> None:
        """Send one message; OSError when the other side is gone."""
        if self._closed:
            raise BrokenPipeError("the other side is gone")
        channel.send(self._sock, message, fds)

    async def receive(self) -> tuple[JSON, list[int]]:
        """Wait for one message; channel.Closed at the end."""
        while not self._messages:
            if self._closed:
                raise channel.Closed
            self._waiting = self._loop.create_future()
            await self._waiting
        return self._messages.pop(0)

    def close(self) -> None:
        """Close this end; messages that have arrived can still be received."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._sock.fileno())
            self._sock.close()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def discard(self) -> None:
        """Close this end and every descriptor that arrived and nobody took."""
        self.close()
        for _message, fds in self._messages:
            for fd in fds:
                with contextlib.suppress(OSError):
                    os.close(fd)
        self._messages.clear()
