"""A terminal driven as by a person at a keyboard: type a line, wait until the prompt is back.

Used by checks where typing is the lesson, and by the replay of a submission. The outer shell says exactly
when it waits for the next line (its prompt carries a mark that nothing else prints); of shells inside
containers only the look of the last line can tell, and a program that shows no prompt is waited for until it
has been silent for a while.
"""

from __future__ import annotations

import re
import string
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pexpect

MARK = "\x1b]777;docklab\x07"  # an operating system command for terminals: invisible on a screen
PROMPT = re.compile(r"(?:^|[\r\n])[^\r\n]{0,80}[#$>%] (?:\x1b\[\?2004h)?$|(?:^|[\r\n])> $")
KEYS = {"ctrl-p": "\x10", "ctrl-q": "\x11", "ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-z": "\x1a", "enter": "\r"}
SETTINGS = f"""unset HISTFILE PROMPT_COMMAND
set +H
PS1='\\[{MARK}\\]$ '
PS2='> '
"""


class TimeUp(Exception):
    """The terminal's time is over."""


class Terminal:
    """One command on a terminal of its own."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        folder: Path,
        seconds: float = 30.0,
        silence: float = 5.0,
    ) -> None:
        self.ends = time.monotonic() + seconds
        self.silence = silence
        self.screen = ""  # everything that was shown, the last 256 KiB of it
        self.answer = ""  # what was shown since keys were last pressed, the last 256 KiB of it
        self.child = pexpect.spawn(
            command[0], list(command[1:]), env=dict(env), cwd=str(folder), encoding="utf-8",
            codec_errors="replace", dimensions=(24, 100), timeout=None,
        )
        self.child.delaybeforesend = None
        self.child.delayafterclose = self.child.delayafterterminate = 0.02

    @property
    def alive(self) -> bool:
        """Whether the command still runs."""
        return bool(self.child.isalive())

    def type(self, text: str) -> None:
        """Press keys."""
        self.left()
        self.answer = ""
        self.child.send(text)

    def line(self, text: str) -> str:
        """Type a line, wait until the next may be typed, and give what was shown meanwhile."""
        return self.keys(text + "\r")

    def keys(self, keys: str, *, patience: float = 0.0) -> str:
        """Press keys, wait until the terminal wants more, and give what was shown meanwhile."""
        self.type(keys)
        self.settle(patience=patience)
        return self.answer

    def settle(self, *, patience: float = 0.0) -> None:
        """Wait for a prompt, for the end, or for a silence as long as `patience` (the terminal's own at least)."""
        quiet = 0.0
        while quiet < max(patience, self.silence):
            step = 0.04 if self.prompted() else 0.25
            shown = self.read(min(step, self.left()))
            if shown is None or (not shown and self.prompted()):
                return
            quiet = 0.0 if shown else quiet + step

    def prompted(self) -> bool:
        """Say whether what was shown last ends in a prompt."""
        recent = self.answer[-200:]
        return recent.endswith(f"{MARK}$ ") or bool(PROMPT.search(strip(recent)))

    def expect(self, words: str, *, seconds: float = 10.0) -> bool:
        """Wait until some words (a regular expression) are shown; say whether they were."""
        ends = time.monotonic() + seconds
        while not (found := re.search(words, strip(self.screen))) and (rest := ends - time.monotonic()) > 0:
            if self.read(min(rest, self.left())) is None:
                break
        return bool(found or re.search(words, strip(self.screen)))

    def read(self, seconds: float) -> str | None:
        """Read what is shown within some seconds; None at the end."""
        try:
            shown: str = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return ""
        except pexpect.EOF:
            return None
        self.screen = (self.screen + shown)[-(1 << 18) :]
        self.answer = (self.answer + shown)[-(1 << 18) :]
        return shown

    def left(self) -> float:
        """Give the seconds left; raise TimeUp when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeUp(f"not done in time; the screen ended with {strip(self.screen)[-200:]!r}")
        return left

    def close(self) -> int | None:
        """Hang up, and give the exit code where the command ended by itself."""
        self.child.close(force=True)
        code: int | None = self.child.exitstatus
        return code


class Desk:
    """Several shells of one person, opened as they are needed, who share the time there is."""

    def __init__(
        self, env: Mapping[str, str], folder: Path, *, settings: Path, seconds: float, before: Sequence[str] = ()
    ) -> None:
        self.env = {**env, "TERM": "xterm"}
        self.folder = folder
        self.settings = settings
        self.ends = time.monotonic() + seconds
        self.before = before  # put before every shell's command line, to limit it
        self.shells: dict[str, Terminal] = {}

    def __enter__(self) -> Desk:
        """Write the shells' settings."""
        self.settings.write_text(SETTINGS, encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up everywhere."""
        for shell in self.shells.values():
            shell.close()

    def shell(self, name: str, *, editing: bool) -> Terminal:
        """Give the shell of that name; with `editing` its line editor takes part, as keys were pressed for it."""
        if name not in self.shells:
            options = ["--rcfile", str(self.settings), "-i"]
            command = [*self.before, "bash", *([] if editing else ["--noediting"]), *options]
            left = max(0.0, self.ends - time.monotonic())
            self.shells[name] = Terminal(command, env=self.env, folder=self.folder, seconds=left)
            self.shells[name].settle()
        return self.shells[name]


def strip(text: str) -> str:
    """Take out the terminal's control sequences."""
    return re.sub(r"\x1b\][^\x07]*\x07|\x1b\[[0-9;?]*[A-Za-z]", "", text)


def parse(line: str, values: Mapping[str, str]) -> tuple[str, float]:
    """Read a line of a script: the keys to press and the seconds to wait for an answer.

    `#: ctrl-p ctrl-q` presses keys, `#: wait 2` waits, `#: type …` types with the variant's $LAB_… put in (a
    container's shell does not know them), everything else is typed as it stands.
    """
    if not line.startswith("#:"):
        return line + "\r", 0.0
    word, _, rest = line[2:].strip().partition(" ")
    if word == "wait":
        return "", float(rest)
    if word == "type":
        return string.Template(rest).safe_substitute(values) + "\r", 0.0
    if unknown := [key for key in (word, *rest.split()) if key not in KEYS]:
        raise ValueError(f"unknown key {unknown[0]!r}; known: {', '.join(KEYS)}")
    return "".join(KEYS[key] for key in (word, *rest.split())), 0.0
