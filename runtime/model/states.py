"""The life of a container as a table: which verb is legal in which status.

Code asks the table; documentation and tests are generated from it. There is one status and no booleans
beside it that could disagree; what the API calls Running, Paused, … is derived.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What `docker ps -a` calls the container's state."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    RESTARTING = "restarting"
    EXITED = "exited"
    REMOVING = "removing"
    DEAD = "dead"


# verb -> status before -> status after. A pair that is missing is refused by the verb in Docker's words.
TRANSITIONS: dict[str, dict[Status, Status]] = {
    "start": {
        Status.CREATED: Status.RUNNING,
        Status.EXITED: Status.RUNNING,
        Status.RESTARTING: Status.RUNNING,
        Status.DEAD: Status.RUNNING,
    },
    "pause": {Status.RUNNING: Status.PAUSED},
    "unpause": {Status.PAUSED: Status.RUNNING},
    "exit": {
        Status.RUNNING: Status.EXITED,
        Status.PAUSED: Status.EXITED,
        Status.RESTARTING: Status.EXITED,
        Status.CREATED: Status.EXITED,
    },
    "await restart": {Status.RUNNING: Status.RESTARTING, Status.PAUSED: Status.RESTARTING},
    "remove": {
        Status.CREATED: Status.REMOVING,
        Status.EXITED: Status.REMOVING,
        Status.RESTARTING: Status.REMOVING,
        Status.DEAD: Status.REMOVING,
        Status.REMOVING: Status.REMOVING,
    },
    "fail removal": {Status.REMOVING: Status.DEAD},
}


def allowed(verb: str, status: Status) -> bool:
    """Say whether `verb` is legal in `status`."""
    return status in TRANSITIONS[verb]


def after(verb: str, status: Status) -> Status:
    """Give the status that `verb` leads to from `status`; raise KeyError where it is not legal."""
    return TRANSITIONS[verb][status]
