"""`docklab down`: JupyterLab and the engine stop; images, containers and work stay."""

from __future__ import annotations

import click

from . import jupyter, places, processes


@click.command("down")
def command() -> None:
    """Stop JupyterLab and the engine; nothing is removed."""
    where = places.find()
    if jupyter.stop(where):
        click.echo("JupyterLab has stopped.")
    pid = processes.running(where.pid, "runtime.daemon")
    if pid is None:
        click.echo("The engine does not run.")
        return
    if not processes.stop(pid, seconds=60):
        raise click.ClickException(f"the engine did not stop by itself and was killed; its log is {where.log}")
    click.echo("The engine has stopped.")
