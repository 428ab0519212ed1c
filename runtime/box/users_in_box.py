"""The container's user: its own passwd and group files, read inside its root."""

from __future__ import annotations

from ..primitives import users
from .context import Failure


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(1 << 20).splitlines()
    except OSError:
        return []


def resolve(spec: str, groups: list[str]) -> users.User:
    """Resolve `user[:group]`; Failure in Docker's words where a name is unknown."""
    try:
        return users.resolve(spec, _lines("/etc/passwd"), _lines("/etc/group"), groups)
    except ValueError as error:
        raise Failure(str(error)) from error
