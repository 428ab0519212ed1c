"""`docklab submit`: make the file to hand in."""

from __future__ import annotations

import click

from . import course


@click.command("submit")
@click.option("-o", "--output", default="", help="Where to write the file.")
def command(output: str) -> None:
    """Pack your work into one file to hand in."""
    course.call("submit", *(["--output", output] if output else []))
