"""What is wrong with an archive or a path, and whose fault it is."""

from __future__ import annotations


class Refusal(Exception):
    """Not done: "bad" is the archive's or the caller's fault, "missing" names nothing, "failed" is the machine's."""

    def __init__(self, message: str, *, kind: str = "bad") -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
