"""The server core over socket pairs: framing, hijacking, clients that misbehave or go away."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

from anyio.abc import UNIXSocketStream

from runtime.errors import NotFound, TooLarge
from runtime.http import connection
from runtime.http.messages import Request, Response

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(request: Request) -> Response:
    """Answer with what was asked."""
    try:
        body = await request.read(1 << 20)
    except TooLarge:
        return Response(413, b"large")
    return Response(200, f"{request.method} {request.path} {sorted(request.query.items())} ".encode() + body)


@contextlib.asynccontextmanager
async def served(handler: Callable[[Request], Awaitable[Response | None]]) -> AsyncIterator[Client]:
    """Serve one end of a socket pair, give the other."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    server = asyncio.create_task(connection.serve(await UNIXSocketStream.from_socket(ours), handler, local=True))
    reader, writer = await asyncio.open_unix_connection(sock=theirs)
    try:
        yield reader, writer
    finally:
        writer.close()
        await asyncio.wait_for(server, 5)


async def talk(data: bytes, handler: Callable[[Request], Awaitable[Response | None]] = echo) -> bytes:
    """Send everything, half-close, and give all that comes back."""
    async with served(handler) as (reader, writer):
        writer.write(data)
        writer.write_eof()
        return await asyncio.wait_for(reader.read(), 5)


def ask(data: bytes, handler: Callable[[Request], Awaitable[Response | None]] = echo) -> bytes:
    """Run `talk`."""
    return asyncio.run(talk(data, handler))


GET = b"GET /a%20b?x=1&x=2&y HTTP/1.1\r\nHost: x\r\n\r\n"


def test_a_request_is_decoded_and_answered() -> None:
    answer = ask(GET)
    assert answer.startswith(b"HTTP/1.1 200 \r\n")
    assert answer.endswith(b"GET /a b [('x', ['1', '2']), ('y', [''])] ")
    assert b"content-length:" in answer.lower()


def test_requests_follow_each_other_on_one_connection() -> None:
    assert ask(GET * 5).count(b"HTTP/1.1 200") == 5


def test_bodies_by_length_and_in_chunks() -> None:
    by_length = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
    answer = ask(by_length + chunked)
    assert answer.count(b"hello") == 2


def test_expect_100_continue() -> None:
    answer = ask(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")
    assert answer.startswith(b"HTTP/1.1 100")
    assert answer.endswith(b"hi")


def test_what_is_not_http_is_refused() -> None:
    assert ask(b"\x16\x03\x01" + b"\0" * 50).startswith(b"HTTP/1.1 400")
    assert ask(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200_000).startswith(b"HTTP/1.1 431")
    assert ask(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert ask(b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_an_announced_body_that_is_too_large_is_refused_unread() -> None:
    assert ask(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nabc").startswith(b"HTTP/1.1 413")


def test_a_truncated_body_is_a_bad_request() -> None:
    async def strict(request: Request) -> Response:
        return Response(200, await request.read(100))

    assert ask(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc", strict).startswith(b"HTTP/1.1 400")


def test_head_and_no_content_have_no_body() -> None:
    async def full(_request: Request) -> Response:
        return Response(200, b"body")

    async def none(_request: Request) -> Response:
        return Response(204)

    assert ask(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", full).endswith(b"\r\n\r\n")
    assert b"content-length" not in ask(GET, none).lower()


def test_a_defect_in_a_handler_is_a_500_and_the_connection_lives() -> None:
    async def broken(_request: Request) -> Response:
        raise ZeroDivisionError

    assert ask(GET * 2, broken).count(b"HTTP/1.1 500") == 2


def test_a_stream_is_chunked_and_ends() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b""
        yield b"two"

    async def streaming(_request: Request) -> Response:
        return Response(200, pieces())

    async def scenario() -> None:
        async with served(streaming) as (reader, writer):
            writer.write(GET)
            answer = await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 5)
            assert b"3\r\none\r\n3\r\ntwo\r\n" in answer

    asyncio.run(scenario())


def test_headers_of_a_stream_come_before_its_first_piece_and_leaving_ends_it() -> None:
    async def scenario() -> None:
        closed = asyncio.Event()

        async def silent() -> AsyncIterator[bytes]:
            try:
                await asyncio.Event().wait()
                yield b"never"
            finally:
                closed.set()

        async def streaming(_request: Request) -> Response:
            return Response(200, silent())

        async with served(streaming) as (reader, writer):
            writer.write(GET)
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            writer.close()
            await asyncio.wait_for(closed.wait(), 5)

    asyncio.run(scenario())


async def _hijacking(request: Request) -> None:
    duplex = await request.hijack(content_type="application/vnd.docker.raw-stream")
    while data := await duplex.receive():
        await duplex.send(data.upper())


UPGRADE = b"POST /attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
PLAIN = b"POST /attach HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"


def test_hijack_with_and_without_upgrade_keeps_what_was_sent_ahead() -> None:
    upgraded, plain = ask(UPGRADE + b"ahead", _hijacking), ask(PLAIN + b"ahead", _hijacking)
    assert upgraded.startswith(b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n")
    assert b"Upgrade: tcp\r\n" in upgraded
    assert plain.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n")
    assert upgraded.endswith(b"\r\n\r\nAHEAD")
    assert plain.endswith(b"\r\n\r\nAHEAD")


def test_gone_tells_a_closed_client_from_a_half_closed_one() -> None:
    async def scenario() -> None:
        gone = asyncio.Event()

        async def waiting(request: Request) -> None:
            duplex = await request.hijack(content_type="")
            assert await duplex.receive() == b""
            await duplex.gone()
            gone.set()

        async with served(waiting) as (reader, writer):
            writer.write(UPGRADE)
            await reader.readuntil(b"\r\n\r\n")
            writer.write_eof()
            for _ in range(20):
                await asyncio.sleep(0)
            assert not gone.is_set()
            writer.close()
            await asyncio.wait_for(gone.wait(), 5)

    asyncio.run(scenario())


def test_header_values_cannot_break_out_of_their_line() -> None:
    async def sly(_request: Request) -> Response:
        return Response(200, headers=[("X-Name", "a\r\nX-Evil: 1")])

    assert b"\r\nX-Evil" not in ask(GET, sly)


def test_a_stream_that_fails_is_broken_off_not_ended() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        raise NotFound("the rest is gone")

    async def streaming(_request: Request) -> Response:
        return Response(200, pieces())

    async def scenario() -> None:
        async with served(streaming) as (reader, writer):
            writer.write(GET)
            answer = await asyncio.wait_for(reader.read(), 5)
            assert b"one" in answer
            assert not answer.endswith(b"0\r\n\r\n")

    asyncio.run(scenario())
