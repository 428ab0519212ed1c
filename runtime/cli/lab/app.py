"""`docklab`: one command per file, imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[3]

# Name on the command line -> module beside this one, in the order in which a student meets them.
COMMANDS = {
    "up": "up", "down": "down", "status": "status", "doctor": "doctor", "shell": "shell", "list": "list",
    "start": "start", "check": "check", "hint": "hint", "reset": "reset", "explain": "explain", "submit": "submit",
    "verify": "verify", "images": "images", "clients-path": "clients_path",
}
CLIENTS = ("docker",)


class Commands(click.Group):
    """Looks a command's module up by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".{COMMANDS[cmd_name]}", __package__)
        command: click.Command = module.command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="docklab")
def docklab() -> None:
    """A Docker course that runs, checks and grades itself.

    `docklab up` starts the engine and opens the course. `docklab docker …` calls the course's own docker client.
    """


def stranger() -> str:
    """Return a sentence when another package of one of our names is found before ours, else ""."""
    for name in ("runtime", "graders", "labs"):
        spec = find_spec(name)
        where = Path(spec.origin).parent if spec and spec.origin else None
        if where != ROOT / name:
            return f"another package called {name} is in the way: {where} (docklab's is {ROOT / name})"
    return ""


def main() -> int:
    """Run the command line; a client's name hands everything after it to that client."""
    if problem := stranger():
        print(f"docklab: {problem}", file=sys.stderr)
        return 1
    arguments = sys.argv[1:]
    if arguments[:1] and arguments[0] in CLIENTS:
        from . import surroundings

        client = surroundings.CLIENTS / arguments[0]
        os.execve(client, [str(client), *arguments[1:]], surroundings.environment())
    docklab(prog_name="docklab")
    return 0


if __name__ == "__main__":
    sys.exit(main())
