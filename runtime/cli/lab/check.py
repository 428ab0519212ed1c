"""`docklab check`: look at an exercise."""

from __future__ import annotations

import click

from . import course


@click.command("check")
@click.argument("exercise", default="")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(exercise: str, *, as_json: bool) -> None:
    """Check an exercise, the one under way by default."""
    course.call("check", *([exercise] if exercise else []), *(["--json"] if as_json else []))
