"""Which containers `docker ps` shows and which images `docker images` shows: -a, -n, and their filters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..engine import clock
from ..errors import BadRequest, NotFound
from ..model import times
from ..model.container import NEVER, Container
from ..model.filters import Filters
from ..model.image import Image
from ..model.states import Status

if TYPE_CHECKING:
    from ..engine.engine import Engine

ACCEPTED = frozenset(
    {
        "ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "label!", "name",
        "network", "publish", "since", "status", "volume",
    }
)  # fmt: skip
_IMAGES = frozenset({"before", "dangling", "label", "label!", "reference", "since", "until"})
_HEALTH = ("starting", "healthy", "unhealthy", "none")


def select(engine: Engine, filters: Filters, *, everything: bool, limit: int) -> list[Container]:
    """List the containers asked for, newest first."""
    _check(filters)
    everything = everything or limit > 0 or "status" in filters
    found = [one for one in _between(engine, filters) if everything or _runs(one)]
    ancestors = _ancestors(engine, filters)
    chosen = [one for one in found if _matches(one, filters, ancestors) and _networked(engine, one, filters)]
    return chosen[:limit] if limit > 0 else chosen


def _check(filters: Filters) -> None:
    filters.check(ACCEPTED)
    for value in filters.get("status"):
        if value not in set(Status):
            raise BadRequest(f"invalid filter 'status={value}'")
    for value in filters.get("health"):
        if value not in _HEALTH:
            raise BadRequest(f"invalid filter 'health={value}'")
    for value in filters.get("exited"):
        if not re.fullmatch(r"-?\d{1,9}", value):
            raise BadRequest(f"invalid filter 'exited={value}'")
    for key in ("publish", "expose"):
        for value in filters.get(key):
            _port_range(key, value)


def _runs(container: Container) -> bool:
    return container.state.running or container.state.status is Status.RESTARTING


def _between(engine: Engine, filters: Filters) -> Iterable[Container]:
    """Give the containers made before one container and since another, newest first."""
    containers = engine.containers.all()
    for ref in filters.get("before"):
        limit = engine.containers.find(ref).created
        containers = [one for one in containers if one.created < limit]
    for ref in filters.get("since"):
        limit = engine.containers.find(ref).created
        containers = [one for one in containers if one.created > limit]
    return containers


def _ancestors(engine: Engine, filters: Filters) -> frozenset[str] | None:
    """Give the ids of the images named, and of all made from them; None where none is named."""
    if "ancestor" not in filters:
        return None
    found = set()
    for ref in filters.get("ancestor"):
        try:
            found.add(engine.images.find(ref).id)
        except (NotFound, BadRequest):
            continue
    images = engine.images.all()
    while more := {image.id for image in images if image.parent in found} - found:
        found |= more
    return frozenset(found)


def _matches(one: Container, filters: Filters, ancestors: frozenset[str] | None) -> bool:
    return (
        filters.search("name", one.name, f"/{one.name}")
        and _starts(filters, one.id)
        and filters.labelled(one.config.get("Labels"))
        and filters.exact("status", str(one.state.status))
        and filters.exact("health", one.state.health.status if one.state.health else "none")
        and _exited(one, filters)
        and (ancestors is None or one.image in ancestors)
        and _mounted(one, filters)
        and _ports(one, filters, "expose", one.config.get("ExposedPorts") or {})
        and _ports(one, filters, "publish", one.host.get("PortBindings") or {})
        and not filters.flag("is-task", default=False)
        and filters.exact("isolation", "", "default")
    )


def _starts(filters: Filters, identity: str) -> bool:
    given = filters.get("id")
    return not given or any(identity.startswith(value) for value in given)


def _exited(one: Container, filters: Filters) -> bool:
    codes = filters.get("exited")
    if not codes:
        return True
    return not one.state.running and one.state.started_at != NEVER and str(one.state.exit_code) in codes


def _mounted(one: Container, filters: Filters) -> bool:
    wanted = filters.get("volume")
    have = {word for mount in one.mounts for word in (mount.name, mount.destination, mount.source)}
    return not wanted or any(value in have or value.rstrip("/") in have for value in wanted)


def _networked(engine: Engine, one: Container, filters: Filters) -> bool:
    wanted = filters.get("network")
    have = {word for name, end in one.endpoints.items() for word in (name, end.network_id)}
    return not wanted or any(value in have or _is_prefix(value, have) for value in wanted)


def _is_prefix(value: str, ids: set[str]) -> bool:
    return len(value) >= 4 and any(len(one) == 64 and one.startswith(value) for one in ids)


def _ports(one: Container, filters: Filters, key: str, have: Iterable[str]) -> bool:
    wanted = filters.get(key)
    if not wanted:
        return True
    numbers = {_split(port) for port in have}
    ranges = [_port_range(key, value) for value in wanted]
    return any(low <= number <= high and kind == proto for low, high, kind in ranges for number, proto in numbers)


def _split(port: str) -> tuple[int, str]:
    number, _, protocol = port.partition("/")
    return (int(number) if number.isdigit() else -1), protocol or "tcp"


def _port_range(key: str, text: str) -> tuple[int, int, str]:
    match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(tcp|udp|sctp))?", text)
    if match is None:
        raise BadRequest(f"invalid filter '{key}={text}'")
    return int(match[1]), int(match[2] or match[1]), match[3] or "tcp"


def images(engine: Engine, filters: Filters, *, everything: bool) -> list[Image]:
    """List the images asked for, newest first; steps of a build only when everything is."""
    filters.check(_IMAGES)
    bounds = _bounds(engine, filters)
    every: list[Image] = engine.images.all()
    parents = {image.parent for image in every}
    found = [image for image in every if everything or image.tags or image.digests or image.id not in parents]
    chosen = [image for image in found if _image_matches(image, filters, bounds)]
    return sorted(chosen, key=created, reverse=True)


def created(image: Image) -> int:
    """Give the image's own time of creation in nanoseconds since 1970, 0 when it names none."""
    try:
        return times.moment(str(image.document.get("created") or ""), now=0)
    except ValueError:
        return 0


def _bounds(engine: Engine, filters: Filters) -> tuple[int, int]:
    """Give the times between which an image was made (exclusive)."""
    low, high = -1, 1 << 63
    for ref in filters.get("since"):
        low = max(low, created(engine.images.find(ref)))
    for ref in filters.get("before"):
        high = min(high, created(engine.images.find(ref)))
    for text in filters.get("until"):
        try:
            high = min(high, times.moment(text, now=clock.now_ns()))
        except ValueError as error:
            raise BadRequest(str(error)) from None
    return low, high


def _image_matches(image: Image, filters: Filters, bounds: tuple[int, int]) -> bool:
    dangling = not image.tags
    return (
        bounds[0] < created(image) < bounds[1]
        and filters.flag("dangling", default=dangling) == dangling
        and filters.labelled(image.config.get("Labels"))
        and _named(image, filters)
    )


def _named(image: Image, filters: Filters) -> bool:
    patterns = filters.get("reference")
    names = {word for tag in image.tags for word in (tag, tag.rpartition(":")[0])}
    return not patterns or any(_path_match(name, pattern) for name in names for pattern in patterns)


def _path_match(name: str, pattern: str) -> bool:
    # As Go's path.Match: a star does not reach over a slash.
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
