"""`docker … prune`: remove what nothing uses."""

from __future__ import annotations

import sys

from . import formats, units
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .context import Context
    from .pflag import Values

    Wanted = dict[str, dict[str, bool]]

UNUSED_IMAGES = "all images without at least one container associated to them"
ASK = "Are you sure you want to continue?"


def agreed(context: Context, flags: Values, warning: str) -> bool:
    """Ask, unless --force was given; only yes is yes."""
    if flags["force"]:
        return True
    formats.write(f"{warning} [y/N] ")
    return sys.stdin.readline().strip().lower() == "y"


def wanted(context: Context, flags: Values) -> Wanted:
    """Return the filters, those of the configuration file among them."""
    configured = context.config.get("pruneFilters") or []
    return formats.filters([*configured, *flags["filter"]]) or {}


def containers(context: Context, filters: Wanted) -> tuple[str, int]:
    """Remove stopped containers."""
    done = context.client.post("/containers/prune", filters=filters) or {}
    return _list("Deleted Containers", done.get("ContainersDeleted")), done.get("SpaceReclaimed", 0)


def volumes(context: Context, filters: Wanted) -> tuple[str, int]:
    """Remove unused volumes."""
    done = context.client.post("/volumes/prune", filters=filters) or {}
    return _list("Deleted Volumes", done.get("VolumesDeleted")), done.get("SpaceReclaimed", 0)


def networks(context: Context, filters: Wanted) -> tuple[str, int]:
    """Remove unused networks."""
    done = context.client.post("/networks/prune", filters=filters) or {}
    return _list("Deleted Networks", done.get("NetworksDeleted")), 0


def images(context: Context, filters: Wanted, *, everything: bool) -> tuple[str, int]:
    """Remove dangling images, or all unused ones."""
    query = filters | {"dangling": {"false" if everything else "true": True}}
    done = context.client.post("/images/prune", filters=query) or {}
    lines = []
    for item in done.get("ImagesDeleted") or []:
        lines.append(f"untagged: {item['Untagged']}" if item.get("Untagged") else f"deleted: {item['Deleted']}")
    return _list("Deleted Images", lines), done.get("SpaceReclaimed", 0)


def cache(context: Context, filters: Wanted, *, everything: bool, keep: int = 0) -> tuple[str, int]:
    """Remove build cache."""
    query: dict[str, Any] = {"all": 1 if everything else None, "keep-storage": keep or None, "filters": filters}
    done = context.client.post("/build/prune", **query) or {}
    return _list("Deleted build cache objects", done.get("CachesDeleted")), done.get("SpaceReclaimed", 0)


def _list(title: str, names: list[str] | None) -> str:
    return f"{title}:\n" + "".join(f"{name}\n" for name in names) if names else ""


def _finish(done: tuple[str, int]) -> int:
    text, room = done
    formats.write(f"{text}\n" if text else "")
    formats.write(f"Total reclaimed space: {units.size(room)}\n")
    return 0


def run_containers(context: Context, flags: Values, words: list[str]) -> int:
    """Remove stopped containers after asking."""
    if not agreed(context, flags, f"WARNING! This will remove all stopped containers.\n{ASK}"):
        return 0
    return _finish(containers(context, wanted(context, flags)))


def run_images(context: Context, flags: Values, words: list[str]) -> int:
    """Remove unused images after asking."""
    what = UNUSED_IMAGES if flags["all"] else "all dangling images"
    if not agreed(context, flags, f"WARNING! This will remove {what}.\n{ASK}"):
        return 0
    return _finish(images(context, wanted(context, flags), everything=flags["all"]))


def run_volumes(context: Context, flags: Values, words: list[str]) -> int:
    """Remove unused volumes after asking."""
    filters = wanted(context, flags)
    if flags["all"]:
        if "all" in filters:
            raise CliError("conflicting options: cannot specify both --all and --filter all=1")
        filters["all"] = {"true": True}
    what = "all" if flags["all"] else "anonymous"
    warning = f"WARNING! This will remove {what} local volumes not used by at least one container.\n{ASK}"
    if not agreed(context, flags, warning):
        return 0
    return _finish(volumes(context, filters))


def run_networks(context: Context, flags: Values, words: list[str]) -> int:
    """Remove unused networks after asking."""
    warning = f"WARNING! This will remove all custom networks not used by at least one container.\n{ASK}"
    if not agreed(context, flags, warning):
        return 0
    text, _ = networks(context, wanted(context, flags))
    formats.write(f"{text}\n" if text else "")
    return 0


def run_cache(context: Context, flags: Values, words: list[str]) -> int:
    """Remove build cache after asking."""
    what = "all build cache" if flags["all"] else "all dangling build cache"
    if not agreed(context, flags, f"WARNING! This will remove {what}. {ASK}"):
        return 0
    filters = wanted(context, flags)
    done = cache(context, filters, everything=flags["all"], keep=flags["keep-storage"])
    formats.write((f"{done[0]}\n" if done[0] else "") + f"Total reclaimed space: {units.size(done[1])}\n")
    return 0


def warning(flags: Values, filters: Wanted) -> str:
    """Say what a system prune would remove."""
    lines = ["all stopped containers", "all networks not used by at least one container"]
    if flags["volumes"]:
        lines.append("all anonymous volumes not used by at least one container")
    lines.append(UNUSED_IMAGES if flags["all"] else "all dangling images")
    lines.append("all build cache" if flags["all"] else "unused build cache")
    text = "WARNING! This will remove:\n" + "".join(f"  - {line}\n" for line in lines)
    given = sorted(f"{name}={value}" for name, values in filters.items() for value in values)
    if given:
        text += "\n  Items to be pruned will be filtered with:\n" + "".join(f"  - {item}\n" for item in given)
    return f"{text}\n{ASK}"


def run_system(context: Context, flags: Values, words: list[str]) -> int:
    """Remove everything unused after asking."""
    filters = wanted(context, flags)
    if flags["volumes"] and "until" in filters:
        raise CliError('ERROR: The "until" filter is not supported with "--volumes"')
    if not agreed(context, flags, warning(flags, filters)):
        return 0
    steps: list[Callable[[], tuple[str, int]]] = [
        lambda: containers(context, filters),
        lambda: networks(context, filters),
    ]
    if flags["volumes"]:
        steps.append(lambda: volumes(context, filters))
    steps.append(lambda: images(context, filters, everything=flags["all"]))
    steps.append(lambda: _cache_if_any(context, filters, everything=flags["all"]))
    total = 0
    for step in steps:
        text, room = step()
        formats.write(f"{text}\n" if text else "")
        total += room
    formats.write(f"Total reclaimed space: {units.size(total)}\n")
    return 0


def _cache_if_any(context: Context, filters: Wanted, *, everything: bool) -> tuple[str, int]:
    from ...client import api

    try:
        return cache(context, filters, everything=everything)
    except api.ApiError as error:
        # An engine without a build cache has nothing to remove there.
        if error.status != 501:
            raise
        return "", 0


FORCE = Flag("force", "Do not prompt for confirmation", short="f")
UNTIL = Flag("filter", 'Provide filter values (e.g. "until=<timestamp>")', kind="filter", check=formats.filter_check)
CONTAINER = Command("prune", "Remove all stopped containers", "[OPTIONS]", (UNTIL, FORCE), run_containers)
IMAGE = Command(
    "prune",
    "Remove unused images",
    "[OPTIONS]",
    (Flag("all", "Remove all unused images, not just dangling ones", short="a"), UNTIL, FORCE),
    run_images,
)
VOLUME = Command(
    "prune",
    "Remove unused local volumes",
    "[OPTIONS]",
    (
        Flag("all", "Remove all unused volumes, not just anonymous ones", short="a"),
        Flag("filter", 'Provide filter values (e.g. "label=<label>")', kind="filter", check=formats.filter_check),
        FORCE,
    ),
    run_volumes,
)
NETWORK = Command("prune", "Remove all unused networks", "[OPTIONS]", (UNTIL, FORCE), run_networks)
BUILDER = Command(
    "prune",
    "Remove build cache",
    "",
    (
        Flag("all", "Remove all unused build cache, not just dangling ones", short="a"),
        Flag("filter", 'Provide filter values (e.g. "until=24h")', kind="filter", check=formats.filter_check),
        FORCE,
        Flag("keep-storage", "Amount of disk space to keep for cache", kind="bytes"),
    ),
    run_cache,
)
SYSTEM = Command(
    "prune",
    "Remove unused data",
    "[OPTIONS]",
    (
        Flag("all", "Remove all unused images not just dangling ones", short="a"),
        Flag("filter", 'Provide filter values (e.g. "label=<key>=<value>")', kind="filter", check=formats.filter_check),
        FORCE,
        Flag("volumes", "Prune anonymous volumes"),
    ),
    run_system,
)
