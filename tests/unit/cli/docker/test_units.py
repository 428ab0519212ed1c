"""Sizes and times read as Docker writes them."""

from __future__ import annotations

import pytest

from runtime.cli.docker import units


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"),
        (120, "2 minutes"), (3599, "59 minutes"), (3600, "About an hour"), (5400, "2 hours"), (47 * 3600, "47 hours"),
        (48 * 3600, "2 days"), (13 * 86400, "13 days"), (14 * 86400, "2 weeks"), (59 * 86400, "8 weeks"),
        (60 * 86400, "2 months"), (364 * 86400, "12 months"), (729 * 86400, "24 months"), (730 * 86400, "2 years"),
    ],
)  # fmt: skip
def test_span(seconds: float, words: str) -> None:
    assert units.span(seconds) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [(0, "0B"), (999, "999B"), (1000, "1kB"), (2976447, "2.976MB"), (180.9e6, "180.9MB"), (1e12, "1TB")],
)
def test_size(amount: float, words: str) -> None:
    assert units.size(amount) == words


def test_sizes_of_other_kinds() -> None:
    assert units.size3(2976447) == "2.98MB"
    assert units.binary(25276502016) == "23.54GiB"


@pytest.mark.parametrize(
    ("text", "width", "shown"), [("short", 20, "short"), ("abcdef", 4, "abc…"), ("日本語", 4, "日…"), ("x", 0, "")]
)
def test_ellipsis(text: str, width: int, shown: str) -> None:
    assert units.ellipsis(text, width) == shown


def test_timestamps() -> None:
    assert units.timestamp("1700000000.5") == "1700000000.5"
    assert units.timestamp("10m", now=1000.0) == "400.000000000"
    assert units.timestamp("1h30m", now=6000.0) == "600.000000000"
    assert units.timestamp("2026-01-01T00:00:00Z") == "1767225600.000000000"
    with pytest.raises(ValueError, match="failed to parse value"):
        units.timestamp("yesterday")


def test_short_ids() -> None:
    assert units.short("sha256:" + "ab" * 32) == "ab" * 6
    assert units.short("cd" * 32) == "cd" * 6
