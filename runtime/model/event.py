"""One thing that happened, as `docker events` shows it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """A change of one object; `attributes` hold its labels and what the action adds (image, name, exitCode, …)."""

    kind: str  # container | image | volume | network | daemon
    action: str  # create, start, die, "exec_create: sh", …
    actor: str  # id (containers, images, networks) or name (volumes)
    attributes: dict[str, str] = field(default_factory=dict)
    time_ns: int = 0
