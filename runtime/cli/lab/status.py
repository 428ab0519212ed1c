"""`docklab status`: what runs, and where."""

from __future__ import annotations

import click

from . import jupyter, places, processes
from .engine import Engine


@click.command("status")
def command() -> None:
    """Show what runs; exit code 1 when the engine does not."""
    where = places.find()
    engine = Engine(where.host)
    up, pid = engine.answers(), processes.running(where.pid, "runtime.daemon")
    click.echo(f"engine      {_engine(engine, pid) if up else 'does not run'}")
    click.echo(f"address     {where.host}")
    click.echo(f"data        {where.data}")
    click.echo(f"log         {where.log}")
    click.echo(f"notebooks   {jupyter.running(where) or 'JupyterLab does not run'}")
    click.echo(f"your work   {places.home()}")
    if not up:
        raise click.exceptions.Exit(1)


def _engine(engine: Engine, pid: int | None) -> str:
    info, version = engine.get("/info"), engine.get("/version")
    return (f"docklab {version['Version']}, API {version['ApiVersion']}, pid {pid or 'unknown'}, "
            f"{info['Containers']} containers ({info['ContainersRunning']} running), {info['Images']} images")
