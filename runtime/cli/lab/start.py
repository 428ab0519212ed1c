"""`docklab start`: begin an exercise."""

from __future__ import annotations

import click

from . import course


@click.command("start")
@click.argument("exercise")
def command(exercise: str) -> None:
    """Begin an exercise: set it up and show its task."""
    course.call("start", exercise)
