"""`docklab explain NAME`: what `docker run` did, step by step."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import click

from .engine import Engine


@click.command("explain")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the operations as JSON.")
def command(name: str, *, as_json: bool) -> None:
    """Show how container NAME was started: each step, its time, the shell command that does the same, the man page."""
    found = Engine().get(f"/docklab/explain/{quote(name, safe='')}")
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for number, step in enumerate(found["steps"], 1):
        click.echo("\n".join(lines(number, step)))
    total = sum(step["ms"] or 0 for step in found["steps"])
    click.echo(f"\n{len(found['steps'])} steps, {total:.1f} ms")


def lines(number: int, step: dict[str, Any]) -> list[str]:
    """Return the lines that show one step."""
    took = f"{step['ms']:8.2f} ms" if step["ms"] is not None else f"{'':11}"
    head = f"{number:3}  {took}  {click.style(step['what'], bold=True)}  {click.style(step['man'], dim=True)}"
    shell = step["shell"] if len(step["shell"]) <= 300 else step["shell"][:297] + "..."
    return [head, f"                    $ {shell}"]
