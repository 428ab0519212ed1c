"""Commands in running containers, over HTTP."""

from __future__ import annotations

from .api import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .api import Client
    from .connection import Connection


def create(client: Client, container: str, body: Any) -> str:
    """Prepare a command; gives its id."""
    made = client.post(f"/containers/{quote(container, safe=b'')}/exec", body)
    return str(made["Id"])


def start(client: Client, identity: str, body: Any) -> None:
    """Start a command without its streams."""
    client.post(f"/exec/{identity}/start", body)


def attach(client: Client, identity: str, body: Any) -> Connection:
    """Start a command and take over the connection as its streams."""
    return client.hijack(f"/exec/{identity}/start", body)


def inspect(client: Client, identity: str) -> Any:
    """Describe a command: running, exit code."""
    return client.get(f"/exec/{identity}/json")


def resize(client: Client, identity: str, *, height: int, width: int) -> None:
    """Set the size of a command's terminal."""
    client.post(f"/exec/{identity}/resize", h=height, w=width)
