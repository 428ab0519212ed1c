"""Sizes, numbers, durations and points in time, in Go's ways and words."""

from __future__ import annotations

import pytest

from runtime.cli.docker import flagtypes, times


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("64m", 64 << 20),
        ("1g", 1 << 30),
        ("512", 512),
        ("1.5k", 1536),
        ("2GiB", 2 << 30),
        ("3MB", 3 << 20),
        ("0", 0),
        ("7b", 7),
    ],
)
def test_sizes(text: str, bytes_: int) -> None:
    assert flagtypes.size(text) == bytes_


@pytest.mark.parametrize("text", ["", "m", "-5", "5x", "1.2.3m", "nan", "inf"])
def test_bad_sizes(text: str) -> None:
    with pytest.raises(ValueError, match="invalid"):
        flagtypes.size(text)


def test_swap_without_a_limit() -> None:
    assert flagtypes.swap("-1") == -1
    assert flagtypes.swap("1k") == 1024


def test_decimals_are_exact() -> None:
    assert flagtypes.nano("0.25") == 250_000_000
    assert flagtypes.nano("1.1") == 1_100_000_000
    with pytest.raises(ValueError, match="too precise"):
        flagtypes.nano("0.0000000001")
    with pytest.raises(ValueError, match="failed to parse x as a rational number"):
        flagtypes.nano("x")


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("-7", -7), ("0x10", 16), ("010", 8), ("+3", 3)])
def test_whole_numbers(text: str, value: int) -> None:
    assert flagtypes.whole(text) == value


@pytest.mark.parametrize("text", ["", "x", "--1", " 1", "1.0", "٣"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="invalid syntax"):
        flagtypes.whole(text)


def test_numbers_out_of_range() -> None:
    with pytest.raises(ValueError, match="value out of range"):
        flagtypes.short_unsigned("70000")
    with pytest.raises(ValueError, match="value out of range"):
        flagtypes.whole("9223372036854775808")


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [("5s", 5 * 10**9), ("1h2m", 3720 * 10**9), ("1.5ms", 1_500_000), ("-3s", -3 * 10**9), ("0", 0)],
)
def test_durations(text: str, nanoseconds: int) -> None:
    assert flagtypes.duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "message"),
    [("5", "missing unit"), ("x", "invalid duration"), ("", "invalid duration"), ("5sx", "invalid")],
)
def test_bad_durations(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        flagtypes.duration(text)


def test_points_in_time() -> None:
    assert times.stamp("10m", now=lambda: 1000.0) == "400"
    assert times.stamp("1136073600.000000001") == "1136073600.000000001"
    assert times.stamp("2013-01-02T13:23:37Z") == "1357133017.000000000"
    assert times.stamp("2013-01-02T13:23:37.5+01:00") == "1357129417.500000000"
    assert times.stamp("") == ""
    for text in ("yesterday", "2013-13-40T00:00:00Z"):
        with pytest.raises(ValueError, match="parsing time"):
            times.stamp(text)
