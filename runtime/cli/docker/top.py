"""docker top"""

from __future__ import annotations

from ...client import containers
from .command import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

MINIMUM, PADDING = 20, 3


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Print a container's processes."""
    found = containers.top(context.client, arguments[0], " ".join(arguments[1:]))
    for line in columns([found["Titles"], *(found["Processes"] or [])]):
        context.out(line)
    return 0


def columns(rows: list[list[str]]) -> list[str]:
    """Align rows: each column as wide as its widest cell and three, twenty at least."""
    count = max(len(row) for row in rows)
    widths = [
        max(MINIMUM, max(len(row[at]) + PADDING for row in rows if at < len(row) - 1))
        if any(at < len(row) - 1 for row in rows)
        else 0
        for at in range(count)
    ]
    return ["".join(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)) + row[-1] for row in rows]


COMMAND = Command(
    "top",
    "Display the running processes of a container",
    "CONTAINER [ps OPTIONS]",
    (),
    run,
    args=(1, None),
    options_first=True,
    aliases="docker container top, docker top",
)
