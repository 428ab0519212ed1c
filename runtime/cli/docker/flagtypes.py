"""Readers of flag values that need checking: sizes, durations, whole and decimal numbers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
TIMES = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


def size(text: str) -> int:
    """Read `64m`, `1.5GiB`, `512` as bytes, units of 1024."""
    number = text.strip()
    digits = number.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    suffix = number[len(digits) :].strip().lower()
    unit = suffix[0] if suffix[1:] in ("b", "ib") else suffix
    try:
        value = float(digits)
    except ValueError:
        raise ValueError(f"invalid size: '{text}'") from None
    if unit not in UNITS or value < 0 or digits.lower().startswith(("+", "i", "n")):
        if unit not in UNITS:
            raise ValueError(f"invalid suffix: '{suffix}'")
        raise ValueError(f"invalid size: '{text}'")
    return int(value * UNITS[unit])


def swap(text: str) -> int:
    """Read a size, or -1 for no limit."""
    return -1 if text == "-1" else size(text)


def whole(text: str, *, bits: int = 64, signed: bool = True) -> int:
    """Read a whole number as Go's ParseInt with base 0 does."""
    name = "ParseInt" if signed else "ParseUint"
    digits = text.lstrip("+-") if signed else text
    try:
        octal = len(digits) > 1 and digits[0] == "0" and digits.isdigit()
        value = int(digits, 8 if octal else 0) * (-1 if text.startswith("-") else 1)
        if len(text) - len(digits) > 1 or not text.isascii() or text != text.strip():
            raise ValueError
    except ValueError:
        raise ValueError(f'strconv.{name}: parsing "{text}": invalid syntax') from None
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    if not low <= value <= high:
        raise ValueError(f'strconv.{name}: parsing "{text}": value out of range')
    return value


def short_unsigned(text: str) -> int:
    """Read a number of 16 bits without a sign."""
    return whole(text, bits=16, signed=False)


def unsigned(text: str) -> int:
    """Read a number without a sign."""
    return whole(text, signed=False)


def nano(text: str) -> int:
    """Read `1.5` as billionths, exactly."""
    from fractions import Fraction

    try:
        value = Fraction(text) * 10**9
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"failed to parse {text} as a rational number") from None
    if value.denominator != 1:
        raise ValueError("value is too precise")
    return int(value)


def duration(text: str) -> int:
    """Read `1h2m3.5s` as nanoseconds."""
    import re

    body = text.lstrip("+-")
    if body == "0":
        return 0
    parts = re.findall(r"(\d*\.?\d*)(ns|us|µs|μs|ms|s|m|h)", body)
    if not body or not parts or "".join(a + b for a, b in parts) != body or any(a in ("", ".") for a, _ in parts):
        missing = re.fullmatch(r"[\d.]+", body)
        reason = f'missing unit in duration "{text}"' if missing else f'invalid duration "{text}"'
        raise ValueError(f"time: {reason}")
    total = sum(round(float(number) * TIMES[unit]) for number, unit in parts)
    return -total if text.startswith("-") else total


def comma_list(text: str) -> list[str]:
    """Read `a,b` as two values."""
    return text.split(",") if text else []


READERS: dict[str, Callable[[str], Any]] = {
    "int": whole,
    "uint16": short_unsigned,
    "uint": unsigned,
    "bytes": size,
    "decimal": nano,
    "duration": duration,
    "strings": comma_list,
}
