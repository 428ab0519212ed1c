"""One connection to an engine: bytes of HTTP/1.1 on a blocking socket, and the raw stream after a hijack.

The command line pays for every import (its start-up is its latency), so this speaks the small part of HTTP that
a client needs itself: one request, one answer with a length, in chunks, or until the end of the connection.
A hijacked connection (attach, exec) stays open as a plain socket in both directions after the answer's headers.
"""

from __future__ import annotations

import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .address import Address

BLOCK = 256 * 1024
MAX_HEAD = 256 * 1024


class ConnectionFailed(Exception):
    """The engine cannot be reached, or hung up in the middle of an answer."""


class Connection:
    """A socket to the engine with the bytes read ahead of need."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.socket = address.dial()
        self.ahead = b""

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes | Iterable[bytes] | None) -> None:
        """Send one request; a body of pieces goes out in chunks."""
        lines = [
            f"{method} {target} HTTP/1.1",
            f"Host: {self.address.authority}",
            "User-Agent: Docker-Client/docklab (linux)",
        ]
        whole = body if isinstance(body, bytes) else None
        if body is not None and whole is None:
            lines.append("Transfer-Encoding: chunked")
        elif whole is not None or method in ("POST", "PUT"):
            lines.append(f"Content-Length: {len(whole or b'')}")
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
        self.socket.sendall(head + (whole or b""))
        if body is not None and whole is None:
            self.send_pieces(body)  # type: ignore[arg-type]

    def send_pieces(self, pieces: Iterable[bytes]) -> None:
        """Send a body in chunks; stop where the engine has hung up: its answer says why."""
        try:
            for piece in pieces:
                if piece:
                    self.socket.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
            self.socket.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass

    def answer(self, method: str) -> Answer:
        """Read the head of the answer, past any 100 Continue."""
        while True:
            status, headers = parse_head(self.head())
            if status != 100:
                return Answer(self, method, status, headers)

    def head(self) -> bytes:
        """Read up to the empty line."""
        while (end := self.ahead.find(b"\r\n\r\n")) < 0:
            data = self.socket.recv(BLOCK)
            if not data or len(self.ahead) > MAX_HEAD:
                raise ConnectionFailed("EOF")
            self.ahead += data
        head, self.ahead = self.ahead[:end], self.ahead[end + 4 :]
        return head

    def read(self) -> bytes:
        """Read what is there, b"" at the end."""
        if self.ahead:
            data, self.ahead = self.ahead, b""
            return data
        return self.socket.recv(BLOCK)

    def line(self) -> bytes:
        """Read one line of a chunked body."""
        while (end := self.ahead.find(b"\r\n")) < 0:
            data = self.socket.recv(BLOCK)
            if not data:
                raise ConnectionFailed("unexpected EOF")
            self.ahead += data
        line, self.ahead = self.ahead[:end], self.ahead[end + 2 :]
        return line

    def close_writing(self) -> None:
        """Tell the other end that no more input comes (a TLS stream sends its close_notify)."""
        if type(self.socket) is not socket.socket:
            self.socket.unwrap()  # type: ignore[attr-defined]
        else:
            self.socket.shutdown(socket.SHUT_WR)


class Answer:
    """The engine's answer: status, headers, and a body to read as it comes."""

    def __init__(self, connection: Connection, method: str, status: int, headers: dict[str, str]) -> None:
        self.connection = connection
        self.status = status
        self.headers = headers
        self.chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        self.empty = method == "HEAD" or status in (101, 204, 304)
        length = headers.get("content-length")
        self.left = int(length) if length is not None and not self.chunked else None

    def pieces(self) -> Iterator[bytes]:
        """Give the body piece by piece."""
        if self.empty:
            return iter(())
        return self.chunks() if self.chunked else self.plain()

    def plain(self) -> Iterator[bytes]:
        """Give a body of known length, or one that lasts until the engine hangs up."""
        while self.left != 0:
            data = self.connection.read()
            if not data:
                if self.left:
                    raise ConnectionFailed("unexpected EOF")
                return
            if self.left is not None:
                self.left -= len(data)
            yield data

    def chunks(self) -> Iterator[bytes]:
        """Give a chunked body, chunk boundaries ignored."""
        while size := int(self.connection.line().split(b";")[0], 16):
            while size:
                data = self.connection.read()
                if not data:
                    raise ConnectionFailed("unexpected EOF")
                if len(data) > size:
                    self.connection.ahead = data[size:] + self.connection.ahead
                    data = data[:size]
                size -= len(data)
                yield data
            self.connection.line()
        self.connection.line()

    def body(self) -> bytes:
        """Read the whole body."""
        return b"".join(self.pieces())


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Give status and headers (names in lower case) of an answer's head."""
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise ConnectionFailed(f'malformed HTTP response "{first[:60]}"')
    headers = {}
    for line in rest:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(words[1]), headers
