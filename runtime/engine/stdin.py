"""Writing to a container's standard input or terminal without blocking the loop."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import struct
import termios


def settle(future: asyncio.Future[None]) -> None:
    """Let a task go on that waits for a descriptor; the loop may report it twice before the task has run."""
    if not future.done():
        future.set_result(None)


class Stdin:
    """A pipe's writing end or a terminal's master; -1 is a container that reads nothing."""

    def __init__(self, fd: int, *, tty: bool) -> None:
        self.fd = fd
        self.tty = tty
        self._turn = asyncio.Lock()  # two attached clients must not mix inside one write
        if fd >= 0:
            os.set_blocking(fd, False)

    async def write(self, data: bytes) -> None:
        """Write all of `data`; BrokenPipeError when nobody reads any more."""
        async with self._turn:
            view = memoryview(data)
            while view:
                if self.fd < 0:
                    raise BrokenPipeError("standard input is closed")
                try:
                    view = view[os.write(self.fd, view) :]
                except BlockingIOError:
                    await self._writable()

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        fd = self.fd
        loop.add_writer(fd, settle, ready)
        try:
            await ready
        finally:
            loop.remove_writer(fd)

    def resize(self, height: int, width: int) -> None:
        """Set the terminal's size (TIOCSWINSZ); the kernel tells the foreground process by SIGWINCH."""
        if self.tty and self.fd >= 0:
            fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def close(self) -> None:
        """Close our end; may be called more than once."""
        if self.fd >= 0:
            with contextlib.suppress(OSError, ValueError):
                asyncio.get_running_loop().remove_writer(self.fd)
            os.close(self.fd)
            self.fd = -1
