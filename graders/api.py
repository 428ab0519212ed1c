"""The first witness: the engine's own word, over HTTP on its socket.

Only reads, and the few acts that a check may do. One connection a request: an engine that is killed and
started again between two checks does no harm.
"""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse
from collections.abc import Mapping
from typing import Any

from .check import Ungradable

JSON = Any


class Refused(Exception):
    """The engine answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("docker", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        """Connect to the socket instead of a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Api:
    """Requests to the engine at one DOCKER_HOST."""

    def __init__(self, host: str, *, timeout: float = 30.0) -> None:
        self.host = host
        self.timeout = timeout

    def get(self, address: str, /, **query: object) -> JSON:
        """GET a JSON document."""
        return json.loads(self.raw("GET", address, query=query) or b"null")

    def post(self, address: str, body: JSON = None, /, **query: object) -> JSON:
        """POST a JSON document."""
        return json.loads(self.raw("POST", address, query=query, body=body) or b"null")

    def delete(self, address: str, /, **query: object) -> None:
        """DELETE something."""
        self.raw("DELETE", address, query=query)

    def raw(self, method: str, path: str, *, query: Mapping[str, object] | None = None, body: JSON = None) -> bytes:
        """Send a request and give the answer's body; raise Refused for an error answer."""
        connection = self.connect()
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        try:
            connection.request(method, target, *encode(body))
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Ungradable(f"cannot talk to the engine at {self.host}: {error}") from None
        finally:
            connection.close()
        if response.status >= 400:
            raise Refused(response.status, message(data))
        return data

    def head(self, address: str, /, **query: object) -> Mapping[str, str] | None:
        """Give the headers of an answer, None where there is no such thing."""
        connection = self.connect()
        try:
            connection.request("HEAD", address + "?" + urllib.parse.urlencode(query))
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Ungradable(f"cannot talk to the engine at {self.host}: {error}") from None
        finally:
            connection.close()
        return dict(response.getheaders()) if response.status < 400 else None

    def connect(self) -> http.client.HTTPConnection:
        """Make a connection of the kind that the address names."""
        kind, _, place = self.host.partition("://")
        if kind == "unix":
            return SocketConnection(place, self.timeout)
        if kind in ("tcp", "http"):
            return http.client.HTTPConnection(place, timeout=self.timeout)
        raise Ungradable(f"DOCKER_HOST is {self.host!r}, which is neither unix:// nor tcp://")


def encode(body: JSON) -> tuple[bytes | None, dict[str, str]]:
    """Give a body's bytes and headers."""
    if body is None:
        return None, {}
    return json.dumps(body).encode(), {"Content-Type": "application/json"}


def message(data: bytes) -> str:
    """Give the words of an error answer."""
    try:
        return str(json.loads(data)["message"])
    except (ValueError, KeyError, TypeError):
        return data.decode(errors="replace").strip()
