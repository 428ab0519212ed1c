"""Containers over HTTP."""

from __future__ import annotations

from .api import InvalidName, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .api import Client
    from .connection import Connection

MULTIPLEXED = {"Accept": "application/vnd.docker.multiplexed-stream"}


def path(name: str, verb: str = "json") -> str:
    """Give the path of a verb on one container."""
    if not name.strip():
        raise InvalidName("invalid container name or ID: value is empty")
    return f"/containers/{quote(name, safe=b'')}/{verb}"


def all_(client: Client, *, all: bool = False, filters: dict[str, Any] | None = None, **query: Any) -> list[Any]:
    """List containers, newest first."""
    listed: list[Any] = client.get("/containers/json", all=all or None, filters=filters or None, **query) or []
    return listed


def inspect(client: Client, name: str, *, size: bool = False) -> Any:
    """Describe one container."""
    return client.get(path(name), size=size or None)


def create(client: Client, body: Any, *, name: str = "", platform: str = "") -> Any:
    """Create a container; gives {"Id": …, "Warnings": […]}."""
    return client.post("/containers/create", body, name=name or None, platform=platform or None)


def start(client: Client, name: str, *, detach_keys: str = "") -> None:
    """Start a container."""
    client.post(path(name, "start"), detachKeys=detach_keys or None)


def stop(client: Client, name: str, *, timeout: int | None = None, signal: str = "") -> None:
    """Stop a container."""
    client.post(path(name, "stop"), t=timeout, signal=signal or None)


def restart(client: Client, name: str, *, timeout: int | None = None, signal: str = "") -> None:
    """Stop and start a container."""
    client.post(path(name, "restart"), t=timeout, signal=signal or None)


def kill(client: Client, name: str, signal: str) -> None:
    """Send a signal to a container's first process."""
    client.post(path(name, "kill"), signal=signal or None)


def pause(client: Client, name: str) -> None:
    """Freeze a container's processes."""
    client.post(path(name, "pause"))


def unpause(client: Client, name: str) -> None:
    """Let a container's processes run again."""
    client.post(path(name, "unpause"))


def rename(client: Client, name: str, new: str) -> None:
    """Give a container another name."""
    client.post(path(name, "rename"), name=new)


def update(client: Client, name: str, body: Any) -> Any:
    """Change limits and restart policy; gives {"Warnings": […]}."""
    return client.post(path(name, "update"), body)


def remove(client: Client, name: str, *, force: bool = False, volumes: bool = False, link: bool = False) -> None:
    """Remove a container."""
    client.delete(f"/containers/{quote(name, safe=b'')}", force=force or None, v=volumes or None, link=link or None)


def prune(client: Client, filters: dict[str, Any]) -> Any:
    """Remove stopped containers."""
    return client.post("/containers/prune", filters=filters or None)


def wait(client: Client, name: str, condition: str = "not-running") -> Iterator[Any]:
    """Ask for the exit; the request is registered when this returns, the one answer comes when it happens."""
    return client.messages("POST", path(name, "wait"), condition=condition)


def attach(client: Client, name: str, **query: Any) -> Connection:
    """Take over a connection as the container's streams."""
    return client.hijack(path(name, "attach"), **query)


def resize(client: Client, name: str, *, height: int, width: int) -> None:
    """Set the size of a container's terminal."""
    client.post(path(name, "resize"), h=height, w=width)


def logs(client: Client, name: str, **query: Any) -> Iterator[bytes]:
    """Give the log as it comes, in frames unless the container has a terminal."""
    return client.stream("GET", path(name, "logs"), **query)


def top(client: Client, name: str, ps_args: str) -> Any:
    """List a container's processes."""
    return client.get(path(name, "top"), ps_args=ps_args or None)


def changes(client: Client, name: str) -> list[Any]:
    """List what changed in a container's files."""
    return client.get(path(name, "changes")) or []


def export(client: Client, name: str) -> Iterator[bytes]:
    """Give a container's files as a tar stream."""
    return client.stream("GET", path(name, "export"))


def stats(client: Client, name: str, *, stream: bool) -> Iterator[Any]:
    """Give samples of a container's use of the machine."""
    return client.messages("GET", path(name, "stats"), stream=stream)


def commit(client: Client, name: str, body: Any, **query: Any) -> Any:
    """Make an image of a container; gives {"Id": …}."""
    return client.post("/commit", body, container=name, **query)
