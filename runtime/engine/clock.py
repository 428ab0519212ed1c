"""Time as the Engine API writes it. A module of its own, so that a test can replace `now_ns`."""

from __future__ import annotations

import calendar
import time

now_ns = time.time_ns


def rfc3339(ns: int) -> str:
    """Format nanoseconds since 1970 as RFC 3339 in UTC, without trailing zeros, as Go's RFC3339Nano."""
    seconds, rest = divmod(ns, 1_000_000_000)
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    fraction = f".{rest:09d}".rstrip("0").rstrip(".")
    return f"{whole}{fraction}Z"


def parse(text: str) -> int:
    """Give the nanoseconds since 1970 of an RFC 3339 time in UTC; ValueError when it is none."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 1_000_000_000 + int(fraction.ljust(9, "0")[:9])


def now() -> str:
    """Give the present as RFC 3339."""
    return rfc3339(now_ns())
