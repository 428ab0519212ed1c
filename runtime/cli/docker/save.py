"""`docker save`: images into an archive."""

from __future__ import annotations

import sys

from . import files, formats
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Get the archive and write it."""
    path = flags["output"]
    if not path and sys.stdout.isatty():
        raise CliError("cowardly refusing to save to a terminal. Use the -o flag or redirect")
    if path:
        files.check_target(path)
    query = {"names": words, "platform": formats.platform(flags["platform"])}
    pieces = context.client.stream("GET", "/images/get", None, None, **query)
    if path:
        files.save(path, pieces)
        return 0
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
    return 0


COMMAND = Command(
    "save",
    "Save one or more images to a tar archive (streamed to STDOUT by default)",
    "[OPTIONS] IMAGE [IMAGE...]",
    (
        Flag("output", "Write to a file, instead of STDOUT", short="o", kind="string"),
        Flag(
            "platform",
            formats.PLATFORM_HELP.format("Save only the given platform variant."),
            kind="string",
            hidden=True,
        ),
    ),
    run,
    args=(1, None),
    aliases="docker image save, docker save",
)
