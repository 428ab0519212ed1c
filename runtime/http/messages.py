"""What a handler gets and what it gives back: values, and the body as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import TooLarge

JSON_TYPE = "application/json"


class Duplex(Protocol):
    """The raw connection after the HTTP exchange is over: bytes both ways."""

    async def receive(self) -> bytes:
        """Wait for bytes from the client; b"" when it has closed its side."""
        ...

    async def send(self, data: bytes) -> None:
        """Send all of `data`."""
        ...

    async def gone(self) -> None:
        """Wait until the client has closed both ways, where that can be known without writing to it."""
        ...


class Channel(Protocol):
    """What a request needs of its connection."""

    async def body_chunk(self) -> bytes:
        """Wait for the next part of the request's body; b"" at its end."""
        ...

    async def hijack(self, content_type: str) -> Duplex:
        """Answer that the connection now belongs to the handler, and give it."""
        ...


@dataclass(slots=True)
class Request:
    """One request. The body is read by iterating, or whole by `read`."""

    method: str
    target: str  # as sent: path, "?", query
    path: str  # percent-decoded
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in lower case; repeated ones joined by ", "
    channel: Channel
    local: bool = True  # came over a unix socket
    hijacked: bool = field(default=False, init=False)

    @property
    def length(self) -> int | None:
        """The announced length of the body; None when it is chunked and so not known."""
        if "transfer-encoding" in self.headers:
            return None
        return int(self.headers.get("content-length", "0"))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self.channel.body_chunk():
            yield chunk

    async def read(self, limit: int) -> bytes:
        """Read the whole body; more than `limit` bytes are refused, unread where the length is announced."""
        if (self.length or 0) > limit:
            raise TooLarge(f"the request's body is larger than {limit} bytes")
        parts, size = [], 0
        async for chunk in self:
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"the request's body is larger than {limit} bytes")
            parts.append(chunk)
        return b"".join(parts)

    async def hijack(self, *, content_type: str) -> Duplex:
        """Take the connection: 101 where the client asked for an upgrade, else 200; no response may follow."""
        self.hijacked = True  # before the first byte of the answer: no response may follow a part of it
        return await self.channel.hijack(content_type)


@dataclass(slots=True)
class Response:
    """One response. A body that is an iterator is sent chunk by chunk, its headers before its first chunk."""

    status: int
    body: bytes | AsyncIterator[bytes] = b""
    content_type: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)


Handler = Callable[[Request], Awaitable[Response | None]]  # None: the request was hijacked
