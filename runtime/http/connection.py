"""One connection: requests in, responses out, until one side has enough.

The rule that matters: nothing a client sends and nothing a handler raises leaves `serve`. The exchange is

    head -> handler (reads the body as it likes) -> response -> what is left of the body is read away -> next head

While a streamed response is being sent the connection is also read, so that a client which goes away ends the stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import select
import time
from collections.abc import AsyncGenerator, AsyncIterator
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, unquote

import anyio
import h11
from anyio.abc import ByteStream, SocketAttribute, SocketStream

from ..errors import BadRequest, EngineError
from .messages import Duplex, Handler, Request, Response

log = logging.getLogger(__name__)

MAX_HEAD = 64 * 1024  # bytes of request line and headers
RECEIVE = 256 * 1024
HEAD_TIMEOUT = 60.0  # seconds from the first byte of a head to its end
DRAIN = 256 * 1024  # bytes of an unread body that are read away to keep a connection
LINGER = 2.0  # seconds for the client to read the answer to an upload that was refused

GONE = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, ConnectionError)


async def serve(stream: ByteStream, handler: Handler, *, local: bool) -> None:
    """Serve one connection until it closes; never raises but for cancellation."""
    try:
        async with stream:
            await _Connection(stream, handler, local=local).run()
    except (*GONE, h11.ProtocolError, OSError) as error:
        log.debug("connection ended: %r", error)
    except Exception:
        # A defect in a handler's stream: the client sees a broken answer, the daemon goes on.
        log.exception("connection failed")


class _Connection:
    def __init__(self, stream: ByteStream, handler: Handler, *, local: bool) -> None:
        self.stream, self.handler, self.local = stream, handler, local
        self.protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        self.version = b"1.1"
        self.upgrade = ""

    async def run(self) -> None:
        while await self.exchange():
            self.protocol.start_next_cycle()

    async def exchange(self) -> bool:
        """Handle one request; say whether another may follow."""
        try:
            head = await self.head()
            if head is None:
                return False
            request = _request(head, self)
            if request.length == 0:
                self.protocol.next_event()  # the end of the body that is not there; without it h11 expects one
        except h11.RemoteProtocolError as error:
            await self.refuse(error)
            return False
        response = await self.answer(request)
        if response is None:
            return False
        await self.respond(request, response)
        return await self.finish()

    async def head(self) -> h11.Request | None:
        started = bool(self.protocol.trailing_data[0])
        while (event := self.protocol.next_event()) is h11.NEED_DATA:
            if not started:
                started = await self.feed()
                continue
            with anyio.move_on_after(HEAD_TIMEOUT) as scope:
                await self.feed()
            if scope.cancelled_caught:
                return None
        if not isinstance(event, h11.Request):
            return None
        self.version = event.http_version
        return event

    async def feed(self) -> bool:
        """Hand what arrives to the protocol; False at the end of the connection."""
        try:
            data = await self.stream.receive(RECEIVE)
        except GONE:
            data = b""
        self.protocol.receive_data(data)
        return bool(data)

    async def answer(self, request: Request) -> Response | None:
        self.upgrade = request.headers.get("upgrade", "")
        try:
            return await self.handler(request)
        except h11.RemoteProtocolError as error:
            return Response(error.error_status_hint, f"{error}\n".encode(), "text/plain; charset=utf-8")
        except Exception:
            if request.hijacked:
                raise
            log.exception("handler failed: %s %r", request.method, request.path[:200])
            return Response(500, b"internal error\n", "text/plain; charset=utf-8")

    # -- the request's body, and the raw connection (what `Request.channel` promises)

    async def body_chunk(self) -> bytes:
        """Give the next part of the body, b"" at its end."""
        if self.protocol.they_are_waiting_for_100_continue:
            await self.send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
        while self.protocol.their_state is h11.SEND_BODY:
            event = self.protocol.next_event()
            if event is h11.NEED_DATA:
                await self.feed()
            elif isinstance(event, h11.Data):
                return bytes(event.data)
        if self.protocol.their_state is h11.ERROR:
            raise BadRequest("unexpected EOF")
        return b""

    async def hijack(self, content_type: str) -> Duplex:
        """Write the head of a hijacked answer and give the raw connection."""
        while await self.body_chunk():
            pass
        kind = f"Content-Type: {content_type}\r\n" if content_type else ""
        if self.upgrade:
            head = f"HTTP/1.1 101 UPGRADED\r\n{kind}Connection: Upgrade\r\nUpgrade: {self.upgrade}\r\n\r\n"
        else:
            head = f"HTTP/1.1 200 OK\r\n{kind}\r\n"
        raw = _Raw(self.stream, self.protocol.trailing_data[0])
        await raw.send(head.encode("latin-1"))
        return raw

    # -- the response

    async def respond(self, request: Request, response: Response) -> None:
        headers = [*response.headers, ("Date", _date())]
        if response.content_type:
            headers.append(("Content-Type", response.content_type))
        if isinstance(response.body, bytes):
            await self.send_whole(request, response.status, headers, response.body)
        else:
            await self.send_stream(request, response.status, headers, response.body)

    async def send_whole(self, request: Request, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        if status != 204 and status != 304:
            headers.append(("Content-Length", str(len(body))))
        data = self.encode(h11.Response(status_code=status, headers=_pairs(headers)))
        if body and request.method != "HEAD":
            data += self.encode(h11.Data(data=body))
        await self.stream.send(data + self.encode(h11.EndOfMessage()))

    async def send_stream(
        self, request: Request, status: int, headers: list[tuple[str, str]], body: AsyncIterator[bytes]
    ) -> None:
        # h11 frames the body: chunked for HTTP/1.1, until the connection closes for 1.0.
        await self.send(h11.Response(status_code=status, headers=_pairs(headers)))
        async with _closing(body), anyio.create_task_group() as tasks:
            if self.protocol.their_state is not h11.SEND_BODY:
                tasks.start_soon(self.watch, tasks.cancel_scope)
            try:
                async for chunk in body:
                    if chunk and request.method != "HEAD":
                        await self.send(h11.Data(data=chunk))
                await self.send(h11.EndOfMessage())
            except GONE as error:
                log.debug("client left a stream: %r", error)
            except EngineError as error:
                # The status is sent: all that can be done is to end the stream without its end.
                log.error("%s %r broke off: %s", request.method, request.path[:200], error.message)
            tasks.cancel_scope.cancel()

    async def watch(self, scope: anyio.CancelScope) -> None:
        """Cancel `scope` when the client goes away; keep what it sends ahead of its turn, within bounds."""
        held = 0
        while held <= MAX_HEAD:
            try:
                data = await self.stream.receive()
            except GONE:
                scope.cancel()
                return
            held += len(data)
            self.protocol.receive_data(data)

    async def refuse(self, error: h11.RemoteProtocolError) -> None:
        """Answer a head that is not HTTP, where that is still possible, and let the client read the answer."""
        if self.protocol.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        body = f"{error}\n".encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        pairs = _pairs([*headers, ("Connection", "close")])
        head = self.encode(h11.Response(status_code=error.error_status_hint, headers=pairs))
        await self.stream.send(head + self.encode(h11.Data(data=body)) + self.encode(h11.EndOfMessage()))
        await self.linger()

    async def finish(self) -> bool:
        """Read away what is left of the body; say whether the connection can carry another request."""
        size = 0
        while self.protocol.their_state is h11.SEND_BODY and size <= DRAIN:
            if self.protocol.they_are_waiting_for_100_continue:
                break
            event = self.protocol.next_event()
            if event is h11.NEED_DATA:
                size += 1 if await self.feed() else DRAIN + 1
            elif isinstance(event, h11.Data):
                size += len(event.data)
        if self.protocol.our_state is h11.DONE and self.protocol.their_state is h11.DONE:
            return True
        if self.protocol.their_state in (h11.SEND_BODY, h11.ERROR):
            await self.linger()
        return False

    async def linger(self) -> None:
        """Close our half and read on for a moment: a close with unread bytes would destroy the answer in flight."""
        with contextlib.suppress(*GONE), anyio.move_on_after(LINGER):
            if isinstance(self.stream, SocketStream):  # TLS has no half-close here
                await self.stream.send_eof()
            while True:
                await self.stream.receive(RECEIVE)

    async def send(self, event: h11.Event) -> None:
        await self.stream.send(self.encode(event))

    def encode(self, event: h11.Event) -> bytes:
        return self.protocol.send(event) or b""


class _Raw:
    """The connection after a hijack."""

    def __init__(self, stream: ByteStream, ahead: bytes) -> None:
        self.stream, self.ahead = stream, ahead

    async def receive(self) -> bytes:
        """Wait for bytes from the client; b"" when it has closed its side."""
        if self.ahead:
            data, self.ahead = self.ahead, b""
            return data
        try:
            return await self.stream.receive(RECEIVE)
        except GONE:
            return b""

    async def send(self, data: bytes) -> None:
        """Send all of `data`; raises ConnectionError when the client is gone."""
        try:
            await self.stream.send(data)
        except GONE as error:
            raise ConnectionResetError("the client is gone") from error

    async def gone(self) -> None:
        """Wait until the client has closed both ways.

        A client that has closed its half can be read for ever at once, so reading tells nothing. An epoll that
        asks for no event still reports a hang-up, and is itself a descriptor that can be waited for. Over TCP a
        hang-up shows when something is sent, not here.
        """
        with select.epoll() as hangup:
            hangup.register(self.stream.extra(SocketAttribute.raw_socket).fileno(), 0)
            await _readable(hangup.fileno())


async def _readable(fd: int) -> None:
    """Wait for a descriptor; anyio's own wait_readable fails where the loop reports one twice."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)


@contextlib.asynccontextmanager
async def _closing(body: AsyncIterator[bytes]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        if isinstance(body, AsyncGenerator):
            with anyio.CancelScope(shield=True):
                await body.aclose()


def _request(head: h11.Request, connection: _Connection) -> Request:
    target = head.target.decode("latin-1")
    path, _, query = target.partition("?")
    headers: dict[str, str] = {}
    for raw_name, raw_value in head.headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    values = parse_qs(query, keep_blank_values=True) if query else {}
    return Request(head.method.decode("latin-1"), target, unquote(path), values, headers, connection, connection.local)


def _pairs(headers: list[tuple[str, str]]) -> list[Any]:
    # Header values come from our own code, but some quote what a user wrote: nothing may break out of its line.
    return [(name, value.translate(_CONTROL).encode("utf-8")) for name, value in headers]


_CONTROL = dict.fromkeys((*range(32), 127), " ")
_dates: dict[int, str] = {}


def _date() -> str:
    now = int(time.time())
    if now not in _dates:
        _dates.clear()
        _dates[now] = formatdate(now, usegmt=True)
    return _dates[now]
