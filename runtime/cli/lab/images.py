"""`docklab images`: what the course images are and where they came from; loading them into an engine."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import click

from . import app
from .engine import Engine


@click.command("images")
def command() -> None:
    """Show the course images and what they honestly are."""
    for image in Engine().get("/images/json"):
        labels = image.get("Labels") or {}
        if "docklab.course" not in labels:
            continue
        says = labels["org.opencontainers.image.description"]
        click.echo(f"{', '.join(image.get('RepoTags') or ['<none>']):48} {says}")


def load(engine: Engine) -> None:
    """Build the archives that are missing on this machine and load what the engine lacks."""
    with subprocess.Popen([sys.executable, "-m", "labs.images"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, cwd=app.ROOT) as build:
        assert build.stdout
        assert build.stderr
        for line in build.stdout:
            archive = Path(line.strip())
            if not all(engine.has_image(digest) for digest in image_ids(archive)):
                click.echo(f"Loading {archive.stem}", err=True)
                engine.load(archive)
        said = build.stderr.read().strip().splitlines()
    if build.returncode:
        raise click.ClickException(said[-1] if said else "cannot build the course images")


def image_ids(archive: Path) -> list[str]:
    """Return the ids of the images in an archive."""
    with tarfile.open(archive) as tar:
        manifest = tar.extractfile("manifest.json")
        assert manifest
        return ["sha256:" + entry["Config"].removesuffix(".json") for entry in json.load(manifest)]
