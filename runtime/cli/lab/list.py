"""`docklab list`: the chapters and their exercises."""

from __future__ import annotations

import click

from . import course


@click.command("list")
def command() -> None:
    """Show chapters and exercises, and how far you are."""
    course.call("list")
