"""Networks over HTTP."""

from __future__ import annotations

from .api import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .api import Client


def path(name: str, verb: str = "") -> str:
    """Give the path of a network or of a verb on it."""
    return f"/networks/{quote(name, safe=b'')}{verb}"


def all_(client: Client, filters: dict[str, Any] | None = None) -> list[Any]:
    """List networks."""
    return client.get("/networks", filters=filters or None) or []


def create(client: Client, body: Any) -> Any:
    """Create a network; gives {"Id": …, "Warning": …}."""
    return client.post("/networks/create", body)


def inspect(client: Client, name: str, **query: Any) -> Any:
    """Describe one network."""
    return client.get(path(name), **query)


def connect(client: Client, name: str, body: Any) -> None:
    """Connect a container."""
    client.post(path(name, "/connect"), body)


def disconnect(client: Client, name: str, container: str, *, force: bool) -> None:
    """Disconnect a container."""
    client.post(path(name, "/disconnect"), {"Container": container, "Force": force})


def remove(client: Client, name: str) -> None:
    """Remove a network."""
    client.delete(path(name))


def prune(client: Client, filters: dict[str, Any]) -> Any:
    """Remove unused networks."""
    return client.post("/networks/prune", filters=filters or None)
