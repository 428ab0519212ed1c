"""docker restart"""

from __future__ import annotations

from ...client import containers
from . import failure
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

FLAGS = (
    Flag("signal", "Signal to send to the container", short="s", kind="string"),
    Flag("timeout", "Seconds to wait before killing the container", short="t", kind="int", others=("time",)),
)


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Restart containers."""

    def act(name: str) -> str:
        timeout = values["timeout"] if "timeout" in values.changed else None
        containers.restart(context.client, name, timeout=timeout, signal=values["signal"])
        return name

    return failure.each(context, arguments, act)


COMMAND = Command(
    "restart",
    "Restart one or more containers",
    "[OPTIONS] CONTAINER [CONTAINER...]",
    FLAGS,
    run,
    args=(1, None),
    aliases="docker container restart, docker restart",
)
