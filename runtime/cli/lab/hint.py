"""`docklab hint`: a hint for an exercise."""

from __future__ import annotations

import click

from . import course


@click.command("hint")
@click.argument("exercise", default="")
def command(exercise: str) -> None:
    """Give the next hint for an exercise, the one under way by default."""
    course.call("hint", *([exercise] if exercise else []))
