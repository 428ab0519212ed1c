"""Durations and moments as clients write them."""

from __future__ import annotations

import pytest

from runtime.engine import clock
from runtime.model import times

NOW = 1_700_000_000 * 10**9


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("10m", NOW - 600 * 10**9),
        ("1h30m", NOW - 5400 * 10**9),
        ("1700000000", NOW),
        ("1700000000.5", NOW + 500_000_000),
        ("2023-11-14T22:13:20Z", NOW),
        ("2023-11-14T22:13:20.25Z", NOW + 250_000_000),
        ("2023-11-14T23:13:20+01:00", NOW),
    ],
)
def test_moments(text: str, moment: int) -> None:
    assert times.moment(text, now=NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "5 parsecs", "12:00"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="failed to parse"):
        times.moment(text, now=NOW)


def test_the_clock_writes_what_it_reads() -> None:
    for ns in (NOW, NOW + 1, NOW + 120_000_000):
        assert clock.parse(clock.rfc3339(ns)) == ns
