"""Names of images as the client reads them: enough to split a name and to refuse a bad one before asking the engine."""

from __future__ import annotations

import re

from .command import CliError

PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
HOST = r"(?:localhost|[a-zA-Z0-9-]*(?:\.[a-zA-Z0-9-]+)*[.:A-Z][a-zA-Z0-9.:-]*|\[[0-9a-fA-F:]+\](?::\d+)?)"
NAME = re.compile(rf"(?:{HOST}/)?{PART}(?:/{PART})*")
TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")


def split(text: str) -> tuple[str, str]:
    """Return name and tag or digest; the second is empty when there is none."""
    name, _, digest = text.partition("@")
    if digest:
        return name, digest
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, "")


def problem(text: str) -> str:
    """Say what is wrong with a name in Docker's words; empty when nothing is."""
    if re.fullmatch(r"[0-9a-f]{64}", text):
        return f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
    name, rest = split(text)
    if "@" not in text and ((rest and not TAG.fullmatch(rest)) or text.endswith(":")):
        return "invalid reference format"
    if "@" in text and not DIGEST.fullmatch(rest):
        return "invalid reference format"
    if "@" in text:
        name, _ = split(name)
    if NAME.fullmatch(name):
        return "" if len(name) <= 255 else "repository name must not be more than 255 characters"
    if NAME.fullmatch(name.lower()) and name != name.lower():
        return f"invalid reference format: repository name ({_path(name)}) must be lowercase"
    return "invalid reference format"


def _path(name: str) -> str:
    host, slash, rest = name.partition("/")
    named = slash and ("." in host or ":" in host or host == "localhost" or host != host.lower())
    return rest if named else name if slash else f"library/{name}"


def check(text: str, words: str = "{reason}") -> None:
    """Refuse a bad name; `words` says how, with {text} and {reason}."""
    reason = problem(text)
    if reason:
        raise CliError(words.format(text=f'"{text}"', reason=reason))
