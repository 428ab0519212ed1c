"""docker rename"""

from __future__ import annotations

from ...client import containers
from .command import CliError, Command
from .failure import FAILURES, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Rename a container."""
    old, new = (word.strip() for word in arguments)
    if not old or not new:
        raise CliError("Error: Neither old nor new names may be empty")
    try:
        containers.rename(context.client, old, new)
    except FAILURES as error:
        raise CliError(f"{text(error)}\nError: failed to rename container named {old}") from None
    return 0


COMMAND = Command(
    "rename",
    "Rename a container",
    "CONTAINER NEW_NAME",
    run=run,
    args=(2, 2),
    aliases="docker container rename, docker rename",
)
