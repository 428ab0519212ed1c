"""Background programs of the course: started apart from the terminal, found again by their pid files."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click


def start(command: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path) -> subprocess.Popen[bytes]:
    """Start a program that outlives this one; what it says goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=dict(env), cwd=cwd,
                                start_new_session=True)


def wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], *, log: Path, seconds: float) -> None:
    """Wait until the program is ready; fail with its last words when it ends or takes too long."""
    pause, left = 0.02, seconds
    while not ready():
        try:
            process.wait(pause)  # wakes at once when the program dies
        except subprocess.TimeoutExpired:
            left -= pause
            if left > 0:
                continue
        raise click.ClickException(f"{' '.join(map(str, process.args[:3]))} does not start: {last_words(log)}")  # type: ignore[index]


def last_words(log: Path) -> str:
    """Return the last line of a log."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it says nothing"


def running(pid_file: Path, mark: str) -> int | None:
    """Return the pid in a file if a program whose command line has `mark` runs under it."""
    try:
        pid = int(pid_file.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if mark.encode() in command else None


def stop(pid: int, *, seconds: float) -> bool:
    """Ask a program to end and wait for it; True when it did, by force if need be False."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        signal.pidfd_send_signal(handle, signal.SIGTERM)
        if select.select([handle], [], [], seconds)[0]:
            return True
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [], 5)
        return False
    finally:
        os.close(handle)
