"""Streams of `attach`, `exec` and `logs`: framing, and the keys that detach.

A process with a terminal has one stream, passed on as it is. Without one, output and errors share the connection
in frames of eight bytes of header (stream number, three zeros, length) and the data.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import anyio

from ..errors import BadRequest
from ..http.messages import Duplex
from .call import Call

RAW = "application/vnd.docker.raw-stream"
MULTIPLEXED = "application/vnd.docker.multiplexed-stream"
DEFAULT_KEYS = b"\x10\x11"  # ctrl-p ctrl-q

_HEADER = struct.Struct(">BxxxI")
_CONTROL = {"@": 0, "[": 27, "\\": 28, "]": 29, "^": 30, "_": 31}


class Attachment(Protocol):
    """What the engine gives for an attached process."""

    tty: bool

    def __aiter__(self) -> AsyncIterator[tuple[int, bytes]]: ...

    async def write(self, data: bytes) -> None:
        """Pass input on."""

    async def close_stdin(self) -> None:
        """The input has ended."""

    async def close(self) -> None:
        """Let go of the output."""


def content_type(call: Call, *, tty: bool) -> str:
    """Name the format of a stream; clients before 1.42 know one name only."""
    return MULTIPLEXED if not tty and call.at_least(42) else RAW


def frame(stream: int, data: bytes) -> bytes:
    """Put the header before a piece of output."""
    return _HEADER.pack(stream, len(data)) + data


async def framed(pieces: AsyncIterator[tuple[int, bytes]], *, tty: bool) -> AsyncIterator[bytes]:
    """Turn pieces of output into what goes over the connection."""
    async for stream, data in pieces:
        yield data if tty else frame(stream, data)


def parse_keys(text: str) -> bytes:
    """Read "ctrl-a,x" as the bytes that detach; "" is the default."""
    if not text:
        return DEFAULT_KEYS
    try:
        return bytes(_key(part) for part in text.split(","))
    except ValueError:
        raise BadRequest(f"Invalid detach keys ({text}) provided") from None


def _key(text: str) -> int:
    if len(text) == 1 and ord(text) < 256:
        return ord(text)
    letter = text.removeprefix("ctrl-")
    if letter != text and len(letter) == 1:
        if "a" <= letter <= "z":
            return ord(letter) - ord("a") + 1
        if letter in _CONTROL:
            return _CONTROL[letter]
    raise ValueError(f"unknown key: {text!r}")


class Keys:
    """Looks for the detach keys in the input, also when they come in pieces."""

    def __init__(self, keys: bytes) -> None:
        self.keys, self.matched, self.found = keys, 0, False

    def feed(self, data: bytes) -> bytes:
        """Give the input that may be passed on; `found` says whether the keys have come."""
        if not self.keys or (self.matched == 0 and self.keys[0] not in data):
            return data
        out = bytearray()
        for byte in data:
            if byte != self.keys[self.matched]:
                out += self.keys[: self.matched]
                self.matched = 0
            if byte != self.keys[self.matched]:
                out.append(byte)
                continue
            self.matched += 1
            if self.matched == len(self.keys):
                self.found = True
                break
        return bytes(out)


async def serve(call: Call, attachment: Attachment, keys: bytes, *, detached: Callable[[], object]) -> None:
    """Connect a client with a process until the output ends, the client goes away or detaches."""
    try:
        duplex = await call.hijack(content_type=content_type(call, tty=attachment.tty))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_input, duplex, attachment, Keys(keys if attachment.tty else b""), tasks, detached)
            await _output(duplex, attachment)
            tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await attachment.close()


async def _output(duplex: Duplex, attachment: Attachment) -> None:
    with contextlib.suppress(ConnectionError):
        async for stream, data in attachment:
            await duplex.send(data if attachment.tty else frame(stream, data))


async def _input(
    duplex: Duplex,
    attachment: Attachment,
    keys: Keys,
    tasks: anyio.abc.TaskGroup,
    detached: Callable[[], object],
) -> None:
    """Pass on what the client types; its end closes the input and leaves the output running."""
    with contextlib.suppress(BrokenPipeError):
        while data := await duplex.receive():
            if allowed := keys.feed(data):
                await attachment.write(allowed)
            if keys.found:
                detached()
                tasks.cancel_scope.cancel()
                return
        await attachment.close_stdin()
    await duplex.gone()
    tasks.cancel_scope.cancel()
