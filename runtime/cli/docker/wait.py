"""docker wait"""

from __future__ import annotations

from ...client import containers
from . import failure
from .command import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Wait for containers one after the other and print their exit codes."""

    def act(name: str) -> str:
        answer = next(containers.wait(context.client, name))
        return str(answer["StatusCode"])

    return failure.each(context, arguments, act)


COMMAND = Command(
    "wait",
    "Block until one or more containers stop, then print their exit codes",
    "CONTAINER [CONTAINER...]",
    (),
    run,
    args=(1, None),
    aliases="docker container wait, docker wait",
)
