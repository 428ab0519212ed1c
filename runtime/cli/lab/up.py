"""`docklab up`: the engine, the course images, JupyterLab on the course, and one line with the address."""

from __future__ import annotations

import os
import sys

import click

from . import app, images, jupyter, places, processes, surroundings
from .engine import Engine


@click.command("up")
@click.option("--port", default=8888, show_default=True, help="Port of JupyterLab; the next free one is taken.")
@click.option("--no-jupyter", is_flag=True, help="Engine and images only.")
@click.option("--no-images", is_flag=True, help="Do not build and load the course images.")
@click.option("--open/--no-open", "show", default=True, help="Open the browser.")
def command(port: int, *, no_jupyter: bool, no_images: bool, show: bool) -> None:
    """Start the engine, load the course images and open the course."""
    where = places.find()
    start_engine(where)
    if not no_images:
        images.load(Engine(where.host))
    if no_jupyter:
        click.echo(f"The engine answers at {where.host}")
        return
    address = jupyter.start(where, port)
    if show and os.environ.get("DISPLAY"):
        click.launch(address)
    click.echo(f"The course is at {address}")


def start_engine(where: places.Places) -> None:
    """Start the daemon unless it answers already."""
    engine = Engine(where.host)
    if engine.answers():
        return
    if os.geteuid() != 0:
        raise click.ClickException("the engine needs root: sudo ./docklab up")
    daemon = [
        sys.executable, "-m", "runtime.daemon", "--data-root", str(where.data), "--exec-root", str(where.exec),
        "-H", where.host, "--pidfile", str(where.pid),
    ]
    if network := os.environ.get("DOCKLAB_BIP"):
        daemon += ["--bip", network]
    where.data.mkdir(mode=0o711, parents=True, exist_ok=True)
    process = processes.start(daemon, log=where.log, env=surroundings.environment(), cwd=app.ROOT)
    processes.wait(process, engine.answers, log=where.log, seconds=30)
