"""Points in time as the Engine API takes them: a duration back from now, seconds since 1970, or RFC 3339."""

from __future__ import annotations

import datetime
import re

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_DURATION = re.compile(r"(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+")
_PART = re.compile(r"(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)")


def duration(text: str) -> int:
    """Read a Go duration ("1h30m") as nanoseconds; ValueError when it is none."""
    if not _DURATION.fullmatch(text):
        raise ValueError(f'time: invalid duration "{text}"')
    return sum(int(float(number) * _UNITS[unit]) for number, unit in _PART.findall(text))


def moment(text: str, *, now: int) -> int:
    """Read a point in time as nanoseconds since 1970; ValueError when it is none."""
    if _DURATION.fullmatch(text):
        return now - duration(text)
    if match := re.fullmatch(r"(\d+)(?:\.(\d{1,9}))?", text):
        return int(match[1]) * 10**9 + int((match[2] or "").ljust(9, "0"))
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?", text):
        whole = datetime.datetime.fromisoformat(match[1] + (match[3] or "Z").replace("Z", "+00:00")) \
            if "T" in match[1] else datetime.datetime.fromisoformat(match[1]).replace(tzinfo=datetime.UTC)
        return int(whole.timestamp()) * 10**9 + int((match[2] or "").ljust(9, "0"))
    raise ValueError(f"failed to parse value as time or duration: {text!r}")
