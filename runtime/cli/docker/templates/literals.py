"""Go's constants: quoted strings, characters, numbers."""

from __future__ import annotations

import re

ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)


def unquote(text: str) -> str:
    """Return what a quoted string or a raw string in backquotes means."""
    if text[0] == "`":
        return text[1:-1].replace("\r", "")
    return ESCAPE.sub(_escape, text[1:-1])


def _escape(match: re.Match[str]) -> str:
    hexadecimal = match.group(1) or match.group(2) or match.group(3)
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    if match.group(4):
        return chr(int(match.group(4), 8))
    if match.group(5) not in ESCAPES:
        raise ValueError("invalid syntax")
    return ESCAPES[match.group(5)]


def character(text: str) -> int:
    """Return the code point of a character constant."""
    meaning = unquote(text)
    if len(meaning) != 1:
        raise ValueError(f"malformed character constant: {text}")
    return ord(meaning)


def number(text: str) -> int | float:
    """Return the number a constant means; octal, binary, hexadecimal and `_` as in Go."""
    digits = text.replace("_", "")
    try:
        if re.fullmatch(r"[+-]?0[0-7]+", digits):
            return int(digits, 8)
        if re.fullmatch(r"[+-]?(0[xXbBoO][0-9a-fA-F]+|[0-9]+)", digits):
            return int(digits, 0)
        return float(digits)
    except ValueError:
        raise ValueError(f'illegal number syntax: "{text}"') from None
