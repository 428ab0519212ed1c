"""Sizes and times for people: `3.13MB`, `Up 3 minutes`, `2 weeks ago`, `--since 10m`."""

from __future__ import annotations

import re
import time

DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")
SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(\.\d+)?)?)?)?\s?(Z|[+-]\d\d:?\d\d)?")


def size(amount: float, *, precision: int = 4) -> str:
    """Return a size in powers of 1000: `2.98MB`."""
    return _scaled(amount, 1000.0, DECIMAL, precision)


def size3(amount: float) -> str:
    """Return a size with three significant digits, as listings of images show it."""
    return size(amount, precision=3)


def binary(amount: float) -> str:
    """Return a size in powers of 1024: `23.54GiB`."""
    return _scaled(amount, 1024.0, BINARY, 4)


def _scaled(amount: float, base: float, names: tuple[str, ...], precision: int) -> str:
    step = 0
    while amount >= base and step < len(names) - 1:
        amount, step = amount / base, step + 1
    return f"{general(amount, precision)}{names[step]}"


def general(amount: float, precision: int) -> str:
    """Return a number as Go's `%.4g` does: no needless zeros, an exponent of two digits."""
    return f"{amount:.{precision}g}"


def span(seconds: float) -> str:
    """Return a duration in words: `Less than a second`, `About a minute`, `3 weeks`."""
    whole = int(seconds)
    if whole < 60:
        return "Less than a second" if whole < 1 else "1 second" if whole == 1 else f"{whole} seconds"
    minutes, hours = whole // 60, int(seconds / 3600 + 0.5)
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    days = hours // 24
    if hours < 24 * 7 * 2:
        return f"{days} days"
    if hours < 24 * 30 * 2:
        return f"{days // 7} weeks"
    return f"{days // 30} months" if hours < 24 * 365 * 2 else f"{int(seconds / 3600) // 24 // 365} years"


def ago(seconds: float, *, now: float | None = None) -> str:
    """Return how long ago a time was."""
    return span((time.time() if now is None else now) - seconds) + " ago"


def seconds(stamp: str) -> float:
    """Return an RFC 3339 time as seconds of the epoch; a date alone counts from midnight, local without a zone."""
    match = STAMP.match(stamp)
    if not match:
        raise ValueError(stamp)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction = float(match.group(7) or 0)
    zone = match.group(8)
    if zone is None:
        return time.mktime((year, month, day, hour, minute, second, 0, 0, -1)) + fraction
    import calendar

    whole = calendar.timegm((year, month, day, hour, minute, second, 0, 0, 0))
    return whole + fraction - (0 if zone == "Z" else _offset(zone))


def _offset(zone: str) -> int:
    digits = zone[1:].replace(":", "")
    return (-1 if zone[0] == "-" else 1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


def timestamp(text: str, *, now: float | None = None) -> str:
    """Return what `--since` and `--until` mean, as the API takes it: seconds of the epoch with nanoseconds."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text
    pieces = re.findall(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)", text)
    if pieces and "".join(number + unit for number, unit in pieces) == text.lstrip("+-"):
        length = sum(float(number) * SECONDS[unit] for number, unit in pieces)
        moment = (time.time() if now is None else now) - (-length if text.startswith("-") else length)
        return f"{moment:.9f}"
    try:
        return f"{seconds(text):.9f}"
    except ValueError:
        raise ValueError(f'failed to parse value as time or duration: "{text}"') from None


def local(seconds_: float) -> str:
    """Return a time as Go prints one with its zone: `2026-11-24 01:10:13 +0000 UTC`."""
    return time.strftime("%Y-%m-%d %H:%M:%S %z %Z", time.localtime(seconds_))


def rfc3339(seconds_: float) -> str:
    """Return a time as `docker history --human=false` prints it: `2026-01-01T00:00:00Z`."""
    zone = time.strftime("%z", time.localtime(seconds_))
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(seconds_))
    return text + ("Z" if zone == "+0000" else f"{zone[:3]}:{zone[3:]}")


def ellipsis(text: str, width: int) -> str:
    """Cut a text to a width, with `…` as the last character; wide characters count two."""
    if width <= 0:
        return ""
    if text.isascii():
        return text if len(text) <= width else text[: width - 1] + "…"
    import unicodedata

    widths = [2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text]
    if sum(widths) <= width:
        return text
    taken, room = 0, width - 1
    while taken < len(text) and widths[taken] <= room:
        room -= widths[taken]
        taken += 1
    return text[:taken] + "…"


def short(identifier: str) -> str:
    """Return the twelve characters people use of an id or digest."""
    return identifier.partition(":")[2][:12] if ":" in identifier else identifier[:12]
