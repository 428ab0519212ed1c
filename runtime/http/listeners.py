"""Where connections come from: unix sockets, TCP, TLS with client certificates."""

from __future__ import annotations

import errno
import logging
import os
import resource
import socket
import ssl
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.abc import ByteStream, SocketListener, SocketStream
from anyio.streams.tls import TLSStream

from . import connection
from .messages import Handler

log = logging.getLogger(__name__)

BACKLOG = 1024
HANDSHAKE_TIMEOUT = 30.0
_PLAIN_HTTP = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


@dataclass(frozen=True, slots=True)
class Listening:
    """A socket that listens, and how its connections are to be read."""

    socket: socket.socket
    context: ssl.SSLContext | None = None

    @property
    def local(self) -> bool:
        """Whether its clients are on this machine by construction."""
        return self.socket.family == socket.AF_UNIX


def unix(path: Path, *, group: int | None = None) -> Listening:
    """Listen on a unix socket of mode 0660; one that a living process serves already is refused."""
    _clear_stale(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    # bind(2) makes the file with the mode that the umask leaves; only once it is right may anyone connect (listen).
    before = os.umask(0o117)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    if group is not None:
        os.chown(path, -1, group)
    listener.listen(BACKLOG)
    return Listening(listener)


def tcp(host: str, port: int, *, context: ssl.SSLContext | None = None) -> Listening:
    """Listen on TCP, with TLS where a context is given."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host or "0.0.0.0", port))
    listener.listen(BACKLOG)
    return Listening(listener, context)


def tls_context(certificate: Path, key: Path, *, authority: Path | None) -> ssl.SSLContext:
    """Make a server's context, TLS 1.2 or newer; with an authority, clients must show a certificate of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if authority is not None:
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def serve(listening: Sequence[Listening], handler: Handler) -> None:
    """Accept and serve connections on all sockets until cancelled."""
    room = anyio.Semaphore(_most_connections())
    async with anyio.create_task_group() as tasks:
        for one in listening:
            listener = await SocketListener.from_socket(one.socket)
            tasks.start_soon(_accept, listener, one, handler, room)


async def _accept(listener: SocketListener, one: Listening, handler: Handler, room: anyio.Semaphore) -> None:
    async with listener, anyio.create_task_group() as tasks:
        while True:
            await room.acquire()
            try:
                stream = await listener.accept()
            except OSError as error:
                # Out of descriptors or memory, or a client that went away in the queue: listening must go on.
                room.release()
                log.error("accept failed: %s", error)
                await anyio.sleep(0.1 if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM) else 0)
                continue
            tasks.start_soon(_serve_one, stream, one, handler, room)


async def _serve_one(stream: SocketStream, one: Listening, handler: Handler, room: anyio.Semaphore) -> None:
    try:
        ready = stream if one.context is None else await _handshake(stream, one.context)
        if ready is not None:
            await connection.serve(ready, handler, local=one.local)
    finally:
        room.release()


async def _handshake(stream: SocketStream, context: ssl.SSLContext) -> ByteStream | None:
    try:
        with anyio.fail_after(HANDSHAKE_TIMEOUT):
            return await TLSStream.wrap(stream, server_side=True, ssl_context=context, standard_compatible=False)
    except (ssl.SSLError, OSError, TimeoutError, *connection.GONE) as error:
        cause = error if isinstance(error, ssl.SSLError) else error.__cause__
        log.debug("TLS handshake failed: %r", cause or error)
        if isinstance(cause, ssl.SSLError) and cause.reason == "HTTP_REQUEST":
            await _say(stream, _PLAIN_HTTP)
        await anyio.aclose_forcefully(stream)
        return None


async def _say(stream: SocketStream, text: bytes) -> None:
    try:
        await stream.send(text)
        await stream.send_eof()
    except connection.GONE as error:
        log.debug("client left before it was told: %r", error)


def _most_connections() -> int:
    # Half of the descriptors: the other half is for what the requests do.
    return max(64, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def _clear_stale(path: Path) -> None:
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise OSError(errno.EEXIST, "exists and is not a socket", str(path))
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
            return
    raise OSError(errno.EADDRINUSE, "a running daemon listens on it", str(path))
