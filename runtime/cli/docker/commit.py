"""docker commit"""

from __future__ import annotations

from ...client import containers
from . import references
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

FLAGS = (
    Flag("author", 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', short="a", kind="string"),
    Flag("change", "Apply Dockerfile instruction to the created image", short="c", kind="list"),
    Flag("message", "Commit message", short="m", kind="string"),
    Flag("pause", "Pause container during commit", short="p", default=True),
)


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Make an image of a container."""
    repository, tag = split(arguments[1]) if len(arguments) > 1 else (None, None)
    made = containers.commit(
        context.client,
        arguments[0],
        None,
        repo=repository,
        tag=tag,
        author=values["author"] or None,
        comment=values["message"] or None,
        changes=values["change"] or None,
        pause=None if values["pause"] else False,
    )
    context.out(made["Id"])
    return 0


def split(reference: str) -> tuple[str, str]:
    """Split REPOSITORY[:TAG]; a digest cannot be a name."""
    problem = references.problem(reference)
    if problem:
        raise CliError(problem)
    if "@" in reference:
        raise CliError("refusing to create a tag with a digest reference")
    head, colon, tag = reference.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (reference, "latest")


COMMAND = Command(
    "commit",
    "Create a new image from a container's changes",
    "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
    FLAGS,
    run,
    args=(1, 2),
    aliases="docker container commit, docker commit",
)
