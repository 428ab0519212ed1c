"""Progress of long work as the engine reports it: bars drawn in place on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time

from . import units
from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TextIO


class Display:
    """Writes the messages of one answer; each id has its own line, counted from where the first one was drawn."""

    def __init__(self, out: TextIO, *, terminal: bool, width: int) -> None:
        self.out, self.terminal, self.width = out, terminal, width
        self.lines: dict[str, int] = {}

    def show(self, messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Write every message; return the `aux` ones; raise what the engine reports as an error."""
        extra = []
        for message in messages:
            if message.get("aux") is not None:
                extra.append(message["aux"])
                continue
            if message.get("error") or message.get("errorDetail"):
                detail = message.get("errorDetail") or {}
                raise CliError(detail.get("message") or message["error"], detail.get("code") or 1)
            self.one(message)
            self.out.flush()
        return extra

    def one(self, message: dict[str, Any]) -> None:
        """Write one message in its place."""
        name = message.get("id", "")
        bar = bool(message.get("progressDetail", {}).get("current")) or bool(message.get("progress"))
        if not (self.terminal and name and (bar or message.get("progressDetail") is not None)):
            self._plain(message, name)
            return
        if name not in self.lines:
            self.lines[name] = len(self.lines)
            self.out.write("\n")
        up = len(self.lines) - self.lines[name]
        self.out.write(f"\x1b[{up}A\x1b[2K\r{self.text(message, name)}\r\x1b[{up}B")

    def _plain(self, message: dict[str, Any], name: str) -> None:
        if message.get("stream"):
            self.out.write(message["stream"])
        elif not message.get("progressDetail"):
            # Without a terminal only what is finished is worth a line, not every step of a bar.
            self.lines.clear()
            self.out.write(self.text(message, name) + "\n")

    def text(self, message: dict[str, Any], name: str) -> str:
        """Return a message as a line: id, origin, status and bar."""
        head = f"{name}: " if name else ""
        origin = f"(from {message['from']}) " if message.get("from") else ""
        detail = message.get("progressDetail") or {}
        tail = bar(detail, self.width, now=time.time()) if detail else message.get("progress", "")
        status = message.get("status", "")
        return f"{head}{origin}{status} {tail}" if tail else f"{head}{origin}{status}"


def bar(detail: dict[str, Any], width: int, *, now: float) -> str:
    """Return `[====>    ]  1.2MB/5.6MB`; counts without a total are a number, a narrow terminal has no bar."""
    current, total = detail.get("current", 0), detail.get("total", 0)
    if current <= 0 and total <= 0:
        return ""
    if detail.get("units"):
        share = str(current) if total <= 0 or current > total else f"{current}/{total}"
        return f"{share} {detail['units']}"
    if total <= 0 or current > total:
        return f"{units.size(current):>8}"
    percent = int(current / total * 100) // 2
    drawn = f"[{'=' * percent}>{' ' * max(0, 50 - percent)}] " if width > 110 else ""
    left = ""
    if width > 50 and detail.get("start") and percent < 50:
        spent = now - detail["start"]
        left = f" {int(spent / current * (total - current))}s" if current else ""
    return f"{drawn}{units.size(current):>8}/{units.size(total)}{left}"


def show(messages: Iterable[dict[str, Any]], *, out: TextIO | None = None) -> list[dict[str, Any]]:
    """Write an answer's messages on standard output, with bars when it is a terminal."""
    import os

    stream = out or sys.stdout
    try:
        width = os.get_terminal_size(stream.fileno()).columns
        terminal = True
    except (OSError, ValueError):
        width, terminal = 200, False
    return Display(stream, terminal=terminal, width=width).show(messages)
