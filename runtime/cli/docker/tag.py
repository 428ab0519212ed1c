"""`docker tag`: give an image another name."""

from __future__ import annotations

from ...client import api
from . import references
from .command import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Tag an image."""
    source, target = words
    references.check(target, "Error parsing reference: {text} is not a valid repository/tag: {reason}")
    name, tag = references.split(target)
    context.client.post(f"/images/{api.quote(source)}/tag", repo=name, tag=tag or "latest")
    return 0


COMMAND = Command(
    "tag",
    "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
    "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
    run=run,
    args=(2, 2),
    aliases="docker image tag, docker tag",
)
