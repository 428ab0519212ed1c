"""`docklab shell`: a bash with our clients first on PATH; what is typed for an exercise is recorded."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from . import places, recorder, surroundings

RC = Path(__file__).resolve().parent / "shell.rc"


@click.command("shell")
def command() -> None:
    """Open a shell in which `docker` is the course's."""
    folder = places.home() / ".state"
    folder.mkdir(parents=True, exist_ok=True)
    sys.exit(recorder.record(["bash", "--rcfile", str(RC), "-i"], surroundings.environment(), folder))
