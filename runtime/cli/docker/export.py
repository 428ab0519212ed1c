"""docker export"""

from __future__ import annotations

import os
import sys

from ...client import containers
from . import frames
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .context import Context
    from .pflag import Values


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Write a container's files as a tar stream."""
    output = values["output"]
    if not output and os.isatty(1):
        raise CliError("cowardly refusing to save to a terminal. Use the -o flag or redirect")
    check_output(output, "failed to export container")
    stream = containers.export(context.client, arguments[0])
    save(stream, output)
    return 0


def check_output(output: str, problem: str) -> None:
    """Refuse an output file that cannot be made."""
    folder = os.path.dirname(output)
    if folder and not os.path.isdir(folder):
        raise CliError(f"{problem}: invalid output path: stat {folder}: no such file or directory")
    if output and os.path.isdir(output):
        raise CliError(f"{problem}: cannot write to a directory")


def save(stream: Iterable[bytes], output: str) -> None:
    """Write a stream to standard output, or whole to a file that only then takes its name."""
    if not output:
        sys.stdout.flush()
        for piece in stream:
            frames.write_all(1, piece)
        return
    partial = f"{output}.partial-{os.getpid()}"
    try:
        with open(partial, "wb") as file:
            for piece in stream:
                file.write(piece)
        os.replace(partial, output)
    finally:
        if os.path.exists(partial):
            os.unlink(partial)


COMMAND = Command(
    "export",
    "Export a container's filesystem as a tar archive",
    "[OPTIONS] CONTAINER",
    (Flag("output", "Write to a file, instead of STDOUT", short="o", kind="string"),),
    run,
    args=(1, 1),
    aliases="docker container export, docker export",
)
