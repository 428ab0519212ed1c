"""Values drawn from the student's id: the same id gets the same exercise, another id another one.

In exercise.toml:

    [variant]
    name = { word = "visit" }                  # visit-k3x9
    port = { number = [8000, 8999] }
    flavour = { choose = ["red", "green"] }

A copied answer fails because the grader draws again, from the id on the submission.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowels and no look-alikes: never a word, never misread


def draw(specification: Mapping[str, Mapping[str, Any]], *, student: str, exercise: str) -> dict[str, str]:
    """Draw every value of a variant."""
    return {key: value(how, seed(student, exercise, key)) for key, how in specification.items()}


def seed(student: str, exercise: str, key: str) -> int:
    """Give the large number that stands for this student, exercise and value."""
    text = "\0".join((student.strip().lower(), exercise, key))
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def value(how: Mapping[str, Any], number: int) -> str:
    """Draw one value."""
    match dict(how):
        case {"word": str(stem)}:
            return f"{stem}-{letters(number, 4)}"
        case {"number": [int(low), int(high)]}:
            return str(low + number % (high - low + 1))
        case {"choose": [_, *_] as options}:
            return str(options[number % len(options)])
    raise ValueError(f"a variant's value is drawn by word, number or choose, not by {dict(how)}")


def letters(number: int, count: int) -> str:
    """Spell a number with `count` letters."""
    text = ""
    for _ in range(count):
        number, index = divmod(number, len(LETTERS))
        text += LETTERS[index]
    return text


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values where the text says {{name}}; raise ValueError for a name that is not drawn."""

    def found(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ValueError(f"{{{{{match[1]}}}}} is not a value of this exercise")
        return values[match[1]]

    return re.sub(r"\{\{(\w+)\}\}", found, text)


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """Give the values as set-up scripts and solutions see them: $LAB_NAME for `name`."""
    return {f"LAB_{key.upper()}": value for key, value in values.items()}
