"""`docklab verify`: look at a file to hand in."""

from __future__ import annotations

import click

from . import course


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--replay", is_flag=True, help="Also repeat the work and grade it, as labgrade will.")
def command(file: str, *, replay: bool) -> None:
    """Look at a submission as the grader will."""
    course.call("verify", file, *(["--replay"] if replay else []))
