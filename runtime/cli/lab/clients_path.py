"""`docklab clients-path`: the folder of our own clients."""

from __future__ import annotations

import click

from . import surroundings


@click.command("clients-path")
def command() -> None:
    """Print the folder of our clients, to put first on PATH."""
    click.echo(surroundings.CLIENTS)
