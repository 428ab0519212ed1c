"""docker rm"""

from __future__ import annotations

from ...client import containers
from ...client.api import ApiError, InvalidName
from . import failure
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

FLAGS = (
    Flag("force", "Force the removal of a running container (uses SIGKILL)", short="f"),
    Flag("link", "Remove the specified link", short="l"),
    Flag("volumes", "Remove anonymous volumes associated with the container", short="v"),
)


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Remove containers."""

    def act(name: str) -> str | None:
        client, force = context.client, values["force"]
        if not name.strip("/"):
            raise InvalidName("container name cannot be empty")
        try:
            containers.remove(client, name.strip("/"), force=force, volumes=values["volumes"], link=values["link"])
        except ApiError as error:
            # With --force a container that is not there is as wanted; the message is still shown.
            if not (force and error.status == 404):
                raise
            context.warn(failure.text(error))
            return None
        return name

    return failure.each(context, arguments, act)


COMMAND = Command(
    "rm",
    "Remove one or more containers",
    "[OPTIONS] CONTAINER [CONTAINER...]",
    FLAGS,
    run,
    args=(1, None),
    aliases="docker container rm, docker container remove, docker rm",
)
