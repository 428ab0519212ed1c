"""Files of containers as tar streams, over HTTP."""

from __future__ import annotations

import json

from .api import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .api import Client
    from .connection import Answer

HEADER = "x-docker-container-path-stat"


def place(container: str) -> str:
    """Give the path of a container's archive."""
    return f"/containers/{quote(container, safe=b'')}/archive"


def stat(client: Client, container: str, path: str) -> Any:
    """Describe one path: name, size, mode (Go's bits), linkTarget."""
    return decode(client.head(place(container), path=path)[HEADER])


def get(client: Client, container: str, path: str) -> tuple[Any, Iterator[bytes]]:
    """Give a path's description and its tar stream."""
    answer: Answer = client.request("GET", place(container), {"path": path})
    return decode(answer.headers[HEADER]), answer.pieces()


def put(client: Client, container: str, path: str, body: Iterator[bytes], **query: Any) -> None:
    """Unpack a tar stream into a folder of the container."""
    answer = client.request("PUT", place(container), {"path": path, **query}, body)
    answer.body()


def decode(header: str) -> Any:
    """Read the header that carries a description."""
    import base64

    return json.loads(base64.b64decode(header))
