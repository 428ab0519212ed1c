"""docker pause"""

from __future__ import annotations

from ...client import containers
from . import failure
from .command import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

FLAGS = ()


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Freeze containers."""

    def act(name: str) -> str:
        containers.pause(context.client, name)
        return name

    return failure.each(context, arguments, act)


COMMAND = Command(
    "pause",
    "Pause all processes within one or more containers",
    "CONTAINER [CONTAINER...]",
    FLAGS,
    run,
    args=(1, None),
    aliases="docker container pause, docker pause",
)
