"""`docker load`: images from an archive."""

from __future__ import annotations

import sys

from . import files, formats, progress
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Send the archive and show what was loaded."""
    from ...client import api

    if not flags["input"] and sys.stdin.isatty():
        raise CliError("requested load from stdin, but stdin is empty")
    quiet = flags["quiet"] or not sys.stdout.isatty()
    headers = {"Content-Type": "application/x-tar"}
    query = {"quiet": 1 if quiet else 0, "platform": formats.platform(flags["platform"])}
    with files.source(flags["input"]) as archive:
        answer = context.client.request("POST", "/images/load", query, files.blocks(archive), headers)
        if "json" in answer.headers.get("content-type", ""):
            progress.show(api.documents(answer.pieces()))
        else:
            for piece in answer.pieces():
                sys.stdout.buffer.write(piece)
    return 0


COMMAND = Command(
    "load",
    "Load an image from a tar archive or STDIN",
    "[OPTIONS]",
    (
        Flag("input", "Read from tar archive file, instead of STDIN", short="i", kind="string"),
        Flag(
            "platform",
            formats.PLATFORM_HELP.format("Load only the given platform variant."),
            kind="string",
            hidden=True,
        ),
        Flag("quiet", "Suppress the load output", short="q"),
    ),
    run,
    aliases="docker image load, docker load",
)
