"""The container's user: its own passwd and group files, read inside its root."""

from __future__ import annotations

import os
import stat

from ..primitives import users
from .context import Failure


def _lines(path: str) -> list[str]:
    """Read a file of the image's: one that is a FIFO or a device is as good as none, and must not hold us up."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        with open(fd, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(1 << 20).splitlines() if stat.S_ISREG(os.fstat(fd).st_mode) else []
    except OSError:
        return []


def resolve(spec: str, groups: list[str]) -> users.User:
    """Resolve `user[:group]`; Failure in Docker's words where a name is unknown."""
    try:
        return users.resolve(spec, _lines("/etc/passwd"), _lines("/etc/group"), groups)
    except ValueError as error:
        raise Failure(str(error)) from error
