"""Volumes over HTTP."""

from __future__ import annotations

from .api import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .api import Client


def all_(client: Client, filters: dict[str, Any] | None = None) -> Any:
    """List volumes: {"Volumes": […], "Warnings": […]}."""
    return client.get("/volumes", filters=filters or None)


def create(client: Client, body: Any) -> Any:
    """Create a volume."""
    return client.post("/volumes/create", body)


def inspect(client: Client, name: str) -> Any:
    """Describe one volume."""
    return client.get(f"/volumes/{quote(name, safe=b'')}")


def remove(client: Client, name: str, *, force: bool = False) -> None:
    """Remove a volume."""
    client.delete(f"/volumes/{quote(name, safe=b'')}", force=force or None)


def prune(client: Client, filters: dict[str, Any]) -> Any:
    """Remove unused volumes."""
    return client.post("/volumes/prune", filters=filters or None)
