"""`docklab reset`: an exercise from its beginning."""

from __future__ import annotations

import click

from . import course


@click.command("reset")
@click.argument("exercise", default="")
def command(exercise: str) -> None:
    """Remove what an exercise made and set it up again, the one under way by default."""
    course.call("reset", *([exercise] if exercise else []))
