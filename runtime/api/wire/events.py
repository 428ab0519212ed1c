"""An event as one line of `GET /events`."""

from __future__ import annotations

from typing import Any

from ...model.event import Event

JSON = dict[str, Any]


def message(event: Event) -> JSON:
    """Give an event; `status`, `id` and `from` repeat it for clients older than API 1.22."""
    old: JSON = {}
    if event.kind in ("container", "image"):
        old = {"status": event.action, "id": event.actor}
        if event.kind == "container" and event.attributes.get("image"):
            old["from"] = event.attributes["image"]
    return {
        **old,
        "Type": event.kind,
        "Action": event.action,
        "Actor": {"ID": event.actor, "Attributes": event.attributes},
        "scope": "local",
        "time": event.time_ns // 10**9,
        "timeNano": event.time_ns,
    }
