"""A terminal inside a notebook cell: lines typed into a program as a person would, and what the screen showed.

    labs.keyboard("docker run -it --rm ubuntu", "hostname", "exit")

Keys are named as in `ctrl-p ctrl-q`. A real terminal (`docklab shell`) shows the same.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from graders import terminal as terminals
from graders.terminal import KEYS, Terminal, TimeUp


def keyboard(command: str, *lines: str, seconds: float = 90.0) -> None:
    """Start `command` on a terminal of its own, type `lines` into it, and print what the screen showed."""
    env = dict(os.environ) | {"TERM": "dumb"}
    terminal = Terminal(shlex.split(command), env=env, folder=Path.cwd(), seconds=seconds)
    try:
        terminal.settle()
        for line in lines:
            _press(terminal, line)
    except TimeUp:
        print(f"(stopped after {seconds:g} s)")
    finally:
        terminal.close()
    print(f"$ {command}\n{readable(terminal.screen)}")


def readable(screen: str) -> str:
    """Return what a terminal was sent without the control characters in it."""
    return terminals.strip(screen).replace("\r\n", "\n").replace("\r", "").rstrip()


def _press(terminal: Terminal, line: str) -> None:
    if not terminal.alive:
        return
    words = line.split()
    if words and all(word in KEYS for word in words):
        terminal.keys("".join(KEYS[word] for word in words), patience=1.0)
    else:
        terminal.line(line)
