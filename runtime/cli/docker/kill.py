"""docker kill"""

from __future__ import annotations

from ...client import containers
from . import failure
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

FLAGS = (Flag("signal", "Signal to send to the container", short="s", kind="string"),)


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Send a signal to containers."""

    def act(name: str) -> str:
        containers.kill(context.client, name, values["signal"])
        return name

    return failure.each(context, arguments, act)


COMMAND = Command(
    "kill",
    "Kill one or more running containers",
    "[OPTIONS] CONTAINER [CONTAINER...]",
    FLAGS,
    run,
    args=(1, None),
    aliases="docker container kill, docker kill",
)
