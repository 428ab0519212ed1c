"""Reading a Dockerfile: comments, continued lines, instructions. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import BadRequest

KNOWN = frozenset(
    (
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
        *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    )
)
_ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
_VARIABLE = re.compile(r"\\\$|\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))")


class Instruction(NamedTuple):
    """One instruction; `line` is where it begins, from 1."""

    word: str
    rest: str
    line: int

    @property
    def text(self) -> str:
        """The instruction as the build prints it."""
        return f"{self.word} {self.rest}"


def parse(text: str) -> list[Instruction]:
    """Read the instructions; BadRequest in Docker's words."""
    lines = text.removeprefix("\ufeff").splitlines()
    escape = _escape(lines)
    found: list[Instruction] = []
    parts: list[str] = []
    begun = 0
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if stripped.startswith("#") or not stripped:
            continue  # also between continued lines
        begun = begun or number
        if stripped.endswith(escape):
            parts.append(line.rstrip()[: -len(escape)] if parts else stripped[: -len(escape)])
            continue
        found.append(_instruction("".join([*parts, line if parts else stripped]).strip(), begun))
        parts, begun = [], 0
    if parts:
        found.append(_instruction("".join(parts).strip(), begun))
    if not found:
        raise BadRequest("the Dockerfile (Dockerfile) cannot be empty")
    return found


def _escape(lines: list[str]) -> str:
    for line in lines:
        if not line.startswith("#"):
            break
        if match := _ESCAPE.match(line):
            return match[1]
    return "\\"


def _instruction(text: str, line: int) -> Instruction:
    word, _, rest = text.partition(" ")
    if word.upper() not in KNOWN:
        raise BadRequest(f"dockerfile parse error line {line}: unknown instruction: {word.upper()}")
    if not rest.strip():
        raise BadRequest(f"dockerfile parse error line {line}: {word.upper()} requires at least one argument")
    return Instruction(word.upper(), rest.strip(), line)


def expand(text: str, variables: dict[str, str]) -> str:
    """Replace $NAME, ${NAME}, ${NAME:-default} and ${NAME:+other}; a backslash keeps a dollar."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "\\$":
            return "$"
        name = match[1] or match[4]
        found = variables.get(name, "")
        if match[2] == "-":
            return found or match[3]
        if match[2] == "+":
            return match[3] if found else ""
        return found

    return _VARIABLE.sub(value, text)
