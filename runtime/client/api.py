"""Requests to an engine: JSON in and out, streams, and connections taken over.

    client = api.Client(address.from_environment())
    client.get("/containers/json", all=True)

Paths carry no version (the engine then speaks its newest) unless DOCKER_API_VERSION asks for one. Query values:
None is left out, True and False are 1 and 0, a list repeats the name, a dict goes as JSON.
"""

from __future__ import annotations

import json
import os

from .connection import Answer, Connection, ConnectionFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .address import Address

VERSION = "1.47"
SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class ApiError(Exception):
    """The engine refused; `status` is HTTP's, the message is the engine's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class InvalidName(Exception):
    """A name that cannot be sent: nothing is asked of the engine."""


class Client:
    """One engine. Keeps a connection between small requests."""

    def __init__(self, address: Address) -> None:
        self.address = address
        version = os.environ.get("DOCKER_API_VERSION", "").strip()
        self.prefix = f"/v{version}" if version else ""
        self.idle: Connection | None = None

    def get(self, path: str, /, **query: Any) -> Any:
        """GET a JSON document."""
        return self.document("GET", path, query)

    def post(self, path: str, body: Any = None, /, **query: Any) -> Any:
        """POST a JSON document; None for an empty answer."""
        return self.document("POST", path, query, body)

    def delete(self, path: str, /, **query: Any) -> Any:
        """DELETE something."""
        return self.document("DELETE", path, query)

    def document(self, method: str, path: str, query: dict[str, Any], body: Any = None) -> Any:
        """Make a small request and decode its answer."""
        answer = self.request(method, path, query, body)
        try:
            data = answer.body()
        except (OSError, ConnectionFailed) as error:
            answer.connection.close()
            raise ConnectionFailed(trouble(self.address, error)) from error
        self.keep(answer)
        if not data.strip():
            return None
        return json.loads(data) if "json" in answer.headers.get("content-type", "json") else data

    def head(self, path: str, /, **query: Any) -> dict[str, str]:
        """Give the headers that a HEAD answers with."""
        answer = self.request("HEAD", path, query)
        self.keep(answer)
        return answer.headers

    def stream(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Iterator[bytes]:
        """Make a request and give its answer's body as it comes."""
        return self.request(method, path, query, body, headers).pieces()

    def messages(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Iterator[Any]:
        """Make a request that is answered by a stream of JSON documents, one a line or one after another."""
        return documents(self.request(method, path, query, body, headers).pieces())

    def hijack(self, path: str, body: Any = None, /, **query: Any) -> Connection:
        """Make a request after which the connection is a raw stream in both directions."""
        answer = self.request("POST", path, query, body, {"Connection": "Upgrade", "Upgrade": "tcp"})
        if answer.status not in (101, 200):
            raise ApiError(answer.status, f"unable to upgrade to tcp, received {answer.status}")
        return answer.connection

    def request(
        self, method: str, path: str, query: dict[str, Any], body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request and read its answer's head; an error answer raises ApiError."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes) and not hasattr(body, "__next__"):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        elif body is not None:
            headers.setdefault("Content-Type", "application/x-tar")
        target = self.prefix + path + query_string(query)
        answer = self.exchange(method, target, headers, body)
        if answer.status >= 400:
            raise ApiError(answer.status, refusal(answer, target))
        return answer

    def exchange(
        self, method: str, target: str, headers: dict[str, str], body: bytes | Iterable[bytes] | None
    ) -> Answer:
        """Send on the idle connection if it still lives, otherwise on a new one."""
        idle, self.idle = self.idle, None
        if idle is not None and not hasattr(body, "__next__"):
            try:
                idle.send(method, target, headers, body)
                return idle.answer(method)
            except (OSError, ConnectionFailed):
                idle.close()
        connection = None
        try:
            connection = Connection(self.address)
            connection.send(method, target, headers, body)
            return connection.answer(method)
        except (OSError, ConnectionFailed) as error:
            if connection is not None:
                connection.close()
            raise ConnectionFailed(trouble(self.address, error)) from error

    def keep(self, answer: Answer) -> None:
        """Keep a connection whose answer was read to its end."""
        whole = answer.empty or answer.chunked or answer.left == 0
        if whole and answer.headers.get("connection", "").lower() != "close" and self.idle is None:
            self.idle = answer.connection
        else:
            answer.connection.close()


def trouble(address: Address, error: Exception) -> str:
    """Say in Docker's words why there is no talking to the engine."""
    if isinstance(error, PermissionError):
        return (
            f"permission denied while trying to connect to the Docker daemon socket at {address.text}: "
            f"dial unix {address.place}: connect: permission denied"
        )
    if isinstance(error, OSError) and type(error).__module__ == "ssl":
        return f"error during connect: {error.strerror or error}"
    if isinstance(error, (FileNotFoundError, ConnectionRefusedError)):
        return f"Cannot connect to the Docker daemon at {address.text}. Is the docker daemon running?"
    return f"error during connect: {error}"


def refusal(answer: Answer, target: str) -> str:
    """Give the message of an error answer."""
    data = answer.body()
    answer.connection.close()
    try:
        return str(json.loads(data)["message"]).strip()
    except (ValueError, KeyError, TypeError):
        text = data.decode("utf-8", "replace").strip()
        return text or f"request returned {answer.status} for API route and version {target}"


def documents(pieces: Iterable[bytes]) -> Iterator[Any]:
    """Decode JSON documents that follow each other in a stream."""
    decoder = json.JSONDecoder()
    text = ""
    import codecs

    utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    for piece in pieces:
        text = (text + utf8.decode(piece)).lstrip()
        while text:
            try:
                value, end = decoder.raw_decode(text)
            except ValueError:
                break
            text = text[end:].lstrip()
            yield value


def quote(text: str, *, safe: bytes = b"/") -> str:
    """Percent-encode (urllib.parse costs more to import than a request)."""
    keep = SAFE | frozenset(safe)
    return "".join(chr(c) if c in keep else f"%{c:02X}" for c in text.encode("utf-8", "surrogateescape"))


def query_string(query: dict[str, Any]) -> str:
    """Write a query: None left out, booleans as 1 and 0, lists repeated, dicts as JSON."""
    parts = []
    for name, value in query.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        parts += [f"{name}={quote(query_value(one), safe=b'')}" for one in values if one is not None]
    return "?" + "&".join(parts) if parts else ""


def query_value(value: Any) -> str:
    """Write one query value."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value)
