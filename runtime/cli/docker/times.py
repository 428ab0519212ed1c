"""Points in time as --since and --until take them: a duration back from now, a date, seconds since 1970."""

from __future__ import annotations

import re
import time

from . import flagtypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def stamp(text: str, *, now: Callable[[], float] = time.time) -> str:
    """Write a point in time as seconds since 1970 with nanoseconds where the text has them; ValueError otherwise."""
    if not text:
        return ""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text
    try:
        back = flagtypes.duration(text)
    except ValueError:
        return dated(text)
    moment = int(now() * 10**9) - back
    return str(moment // 10**9)


def dated(text: str) -> str:
    """Read `2013-01-02`, `2013-01-02T13:23:37Z`, `…T13:23:37.123456789+01:00`; no zone means the local one."""
    match = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d))?(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?|(Z|[+-]\d\d:\d\d))?",
        text,
    )
    if match is None:
        raise ValueError(f'parsing time "{text}" as "2006-01-02": cannot parse "{text}" as "2006"')
    from datetime import datetime

    day, hours, minutes, seconds, fraction, zone, late_zone = match.groups()
    zone = zone or late_zone
    iso = f"{day}T{hours or '00'}:{minutes or '00'}:{seconds or '00'}"
    try:
        moment = datetime.fromisoformat(iso + (zone or ""))
    except ValueError:
        raise ValueError(f'parsing time "{text}": day out of range') from None
    nanoseconds = (fraction or "").ljust(9, "0")
    return f"{int(moment.timestamp())}.{nanoseconds}"
