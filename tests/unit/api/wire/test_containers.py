"""Statuses and durations in Docker's words."""

from __future__ import annotations

import pytest

from runtime.api.wire import containers, units
from runtime.model.container import Health, State
from runtime.model.states import Status

START, END = "2026-01-01T00:00:00Z", "2026-01-01T00:10:00Z"
NOW = 1767226500 * 10**9  # a quarter of an hour after the start


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"),
        (119, "About a minute"),
        (120, "2 minutes"), (3599, "59 minutes"), (3600, "About an hour"), (5401, "2 hours"), (47 * 3600, "47 hours"),
        (48 * 3600, "2 days"), (13 * 86400, "13 days"), (14 * 86400, "2 weeks"), (59 * 86400, "8 weeks"),
        (61 * 86400, "2 months"), (729 * 86400, "24 months"), (731 * 86400, "2 years"),
    ],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert units.ago(seconds) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State(), "Created"),
        (State(Status.RUNNING, started_at=START), "Up 15 minutes"),
        (State(Status.RUNNING, started_at=START, health=Health()), "Up 15 minutes (health: starting)"),
        (State(Status.RUNNING, started_at=START, health=Health("healthy")), "Up 15 minutes (healthy)"),
        (State(Status.PAUSED, started_at=START), "Up 15 minutes (Paused)"),
        (State(Status.EXITED, exit_code=3, started_at=START, finished_at=END), "Exited (3) 5 minutes ago"),
        (State(Status.RESTARTING, exit_code=1, started_at=START, finished_at=END), "Restarting (1) 5 minutes ago"),
        (State(Status.REMOVING), "Removal In Progress"),
        (State(Status.DEAD), "Dead"),
    ],
)
def test_status(state: State, words: str) -> None:
    assert containers.status(state, NOW) == words


def test_state_booleans_follow_the_status() -> None:
    paused = containers.state(State(Status.PAUSED, pid=7))
    assert (paused["Running"], paused["Paused"], paused["Restarting"], paused["Pid"]) == (True, True, False, 7)
    assert "Health" not in paused
