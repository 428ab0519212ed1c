"""What the operations of one plan share while the interpreter runs them."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field


class Failure(Exception):
    """An operation's refusal in Docker's words, with the exit code Docker gives the container."""

    def __init__(self, message: str, *, code: int = 125) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class Context:
    """The process that is becoming a container.

    `files` are the descriptors that came with the plan, by name; `root` is the container's root folder before
    pivot_root; `uid`, `gid`, `groups` and `home` are filled in by the operation `user`.
    """

    link: socket.socket  # to the daemon
    files: dict[str, int] = field(default_factory=dict)
    root: int = -1
    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = ()
    home: str = "/"
    own_program: tuple[int, int] = (0, 0)  # device and inode of the interpreter itself, never to be run again

    def file(self, name: str) -> int:
        """Give the descriptor that came under `name`."""
        return self.files[name]


def identity(path: str) -> tuple[int, int]:
    """Give the device and inode of a file."""
    status = os.stat(path)
    return status.st_dev, status.st_ino
