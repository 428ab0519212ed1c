"""Durations in words, as Docker's API puts them into `Status`."""

from __future__ import annotations

_DAY, _WEEK, _MONTH, _YEAR = 24, 24 * 7, 24 * 30, 24 * 365  # hours


def ago(seconds: float) -> str:
    """Put a duration into words: "About a minute", "3 days"."""
    whole = int(seconds)
    if whole < 1:
        return "Less than a second"
    if whole < 60:
        return _count(whole, "second")
    minutes = whole // 60
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    hours = int(seconds / 3600 + 0.5)
    return "About an hour" if hours == 1 else _hours(hours)


def _hours(hours: int) -> str:
    if hours < 48:
        return f"{hours} hours"
    for limit, unit, name in ((2 * _WEEK, _DAY, "days"), (2 * _MONTH, _WEEK, "weeks"), (2 * _YEAR, _MONTH, "months")):
        if hours < limit:
            return f"{hours // unit} {name}"
    return f"{hours // _YEAR} years"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
