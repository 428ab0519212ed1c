"""docker diff"""

from __future__ import annotations

from ...client import containers
from .command import CliError, Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

KINDS = "CAD"


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Print what changed in a container's files."""
    if not arguments[0]:
        raise CliError("Container name cannot be empty")
    for change in containers.changes(context.client, arguments[0]):
        context.out(f"{KINDS[change['Kind']]} {change['Path']}")
    return 0


COMMAND = Command(
    "diff",
    "Inspect changes to files or directories on a container's filesystem",
    "CONTAINER",
    (),
    run,
    args=(1, 1),
    aliases="docker container diff, docker diff",
)
