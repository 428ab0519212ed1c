"""`docker rmi`: remove images."""

from __future__ import annotations

from ...client import api
from . import failure, formats
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Remove images; what could not be removed is said after the rest."""
    platforms = [formats.platform(name) for name in flags["platform"]] or None
    errors, fatal = [], False
    for word in words:
        query = {"force": 1 if flags["force"] else None, "noprune": 1 if flags["no-prune"] else None}
        try:
            removed = context.client.delete(f"/images/{api.quote(word)}", **query, platforms=platforms)
        except failure.FAILURES as error:
            errors.append(failure.text(error))
            fatal = fatal or getattr(error, "status", 500) != 404
            continue
        for item in removed or []:
            context.out(f"Deleted: {item['Deleted']}" if item.get("Deleted") else f"Untagged: {item['Untagged']}")
    if not errors:
        return 0
    if flags["force"] and not fatal:
        context.warn("\n".join(errors))
        return 0
    raise CliError("\n".join(errors))


COMMAND = Command(
    "rmi",
    "Remove one or more images",
    "[OPTIONS] IMAGE [IMAGE...]",
    (
        Flag("force", "Force removal of the image", short="f"),
        Flag("no-prune", "Do not delete untagged parents"),
        Flag(
            "platform",
            formats.PLATFORM_HELP.format("Remove only the given platform variant."),
            kind="strings",
            hidden=True,
        ),
    ),
    run,
    args=(1, None),
    aliases="docker image rm, docker image remove, docker rmi",
)
RM = COMMAND
