"""Records as JSON and back: dataclasses to plain objects, nothing else."""

from __future__ import annotations

from typing import Any

from .container import Container, Endpoint, Health, Mount, State
from .states import Status

JSON = dict[str, Any]


def container_out(container: Container) -> JSON:
    """Turn a container's record into JSON-able values.

    One level at a time: `dataclasses.asdict` copies the request and all settings, 2 ms of every start.
    """
    state = _fields(container.state)
    if container.state.health is not None:
        state["health"] = _fields(container.state.health)
    return {
        **_fields(container),
        "state": state,
        "mounts": [_fields(mount) for mount in container.mounts],
        "endpoints": {name: _fields(endpoint) for name, endpoint in container.endpoints.items()},
    }


def _fields(value: Any) -> JSON:
    return {name: getattr(value, name) for name in value.__slots__}


def container_in(data: JSON) -> Container:
    """Read a container's record; KeyError, TypeError or ValueError when it is not one."""
    state = dict(data["state"])
    health = state.pop("health", None)
    return Container(
        **{
            **data,
            "state": State(
                **{**state, "status": Status(state["status"])},
                health=None if health is None else Health(**{**health, "log": tuple(health["log"])}),
            ),
            "mounts": tuple(Mount(**mount) for mount in data["mounts"]),
            "endpoints": {
                name: Endpoint(**{**endpoint, "aliases": tuple(endpoint["aliases"])})
                for name, endpoint in data["endpoints"].items()
            },
        }
    )
