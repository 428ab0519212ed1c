"""What a health check's results say about a container."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine import health
from runtime.model.container import Health

SECOND = 1_000_000_000


def check(**asked: Any) -> health.Check:
    found = health.check_of({"Healthcheck": {"Test": ["CMD", "true"], **asked}})
    assert found is not None
    return found


def result(code: int) -> dict[str, Any]:
    return {"Start": "", "End": "", "ExitCode": code, "Output": ""}


def after(codes: list[int], of: health.Check, *, age: int = 1 << 62) -> Health:
    state = Health()
    for code in codes:
        state = health.judge(state, result(code), of, age=age)
    return state


@pytest.mark.parametrize(
    ("config", "command"),
    [
        ({}, None),
        ({"Healthcheck": None}, None),
        ({"Healthcheck": {"Test": ["NONE"]}}, None),
        ({"Healthcheck": {"Test": []}}, None),
        ({"Healthcheck": {"Test": ["CMD", "a", "b c"]}}, ("a", "b c")),
        ({"Healthcheck": {"Test": ["CMD-SHELL", "a || b"]}}, ("/bin/sh", "-c", "a || b")),
        ({"Healthcheck": {"Test": ["CMD-SHELL", "x"]}, "Shell": ["/bin/ash", "-ec"]}, ("/bin/ash", "-ec", "x")),
    ],
)
def test_the_command(config: dict[str, Any], command: tuple[str, ...] | None) -> None:
    found = health.check_of(config)
    assert (found.command if found else None) == command


def test_defaults() -> None:
    found = check()
    assert (found.interval, found.timeout, found.start_period, found.retries) == (30 * SECOND, 30 * SECOND, 0, 3)


def test_one_success_is_healthy() -> None:
    assert after([1, 1, 0], check()).status == "healthy"
    assert after([1, 1, 0], check()).failing_streak == 0


def test_failures_in_a_row_are_unhealthy() -> None:
    assert after([1, 1], check()).status == "starting"
    assert after([1, 1, 1], check()) == Health("unhealthy", 3, (result(1),) * 3)
    assert after([0, 1, 1], check()).status == "healthy"
    assert after([0, -1, 1, 7], check()).status == "unhealthy"


def test_failures_in_the_start_period_do_not_count() -> None:
    patient = check(StartPeriod=10 * SECOND, Retries=1)
    assert after([1, 1, 1], patient, age=9 * SECOND).status == "starting"
    assert after([1], patient, age=10 * SECOND).status == "unhealthy"
    assert after([0, 1], patient, age=5 * SECOND).status == "unhealthy"


def test_five_results_are_kept() -> None:
    assert [one["ExitCode"] for one in after([1, 2, 3, 4, 5, 6, 7], check()).log] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(SECOND, "1s"), (1_500_000_000, "1.5s"), (200_000_000, "200ms"), (90 * SECOND, "1m30s")],
)
def test_durations_read_as_gos(nanoseconds: int, text: str) -> None:
    assert health._duration(nanoseconds) == text
