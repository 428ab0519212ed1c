"""Handlers: ping, version, info, events, df, auth, the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from ..engine import clock, system
from ..errors import BadRequest, Unsupported
from ..http.messages import Response
from ..model import times
from ..model.event import Event
from . import bodies, call, filters
from .call import Call
from .wire import containers as container_wire
from .wire import events as event_wire
from .wire import images as image_wire

JSON = dict[str, Any]

_PING = [
    ("Builder-Version", "1"),
    ("Swarm", "inactive"),
    ("Cache-Control", "no-cache, no-store, must-revalidate"),
    ("Pragma", "no-cache"),
]
_KINDS = {"container": "Containers", "image": "Images", "volume": "Volumes", "build-cache": "BuildCache"}


async def ping(_call: Call) -> Response:
    """Say that the daemon lives, and by headers which API it speaks."""
    return Response(200, b"OK", "text/plain; charset=utf-8", list(_PING))


async def version(ask: Call) -> Response:
    """GET /version."""
    return call.answer(ask.engine.system.version())


async def info(ask: Call) -> Response:
    """GET /info."""
    return call.answer(await ask.engine.system.info())


async def auth(ask: Call) -> Response:
    """POST /auth: there is no registry client to ask with."""
    await ask.json(bodies.AUTH)
    raise Unsupported("docklab cannot log in to a registry: its registry client is not part of this version")


async def events(ask: Call) -> Response:
    """GET /events: what happened since, then what happens until."""
    since, until = _moment(ask, "since"), _moment(ask, "until")
    if since is not None and until is not None and until < since:
        raise BadRequest(f"`since` time ({ask.text('since')}) cannot be after `until` time ({ask.text('until')})")
    return call.stream(_lines(ask.engine.events.subscribe(since=since, until=until, filters=ask.filters())))


def _moment(ask: Call, name: str) -> int | None:
    text = ask.text(name)
    if not text:
        return None
    try:
        return times.moment(text, now=clock.now_ns())
    except ValueError as error:
        raise BadRequest(str(error)) from None


async def _lines(stream: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    async for event in stream:
        yield call.encode(event_wire.message(event))


async def df(ask: Call) -> Response:
    """GET /system/df: what fills the disk, per image, container and volume."""
    kinds = frozenset(ask.request.query.get("type") or _KINDS)
    if unknown := kinds - _KINDS.keys():
        raise BadRequest(f"unknown object type: {min(unknown)}")
    usage = await ask.engine.system.df(kinds)
    document: JSON = {"LayersSize": usage.layers, "Images": None, "Containers": None, "Volumes": None}
    if "image" in kinds:
        document["Images"] = [
            image_wire.summary(
                image,
                created=filters.created(image),
                containers=usage.uses(image),
                shared=usage.shared(image),
                version=ask.version,
            )
            for image in usage.images
        ]
    if "container" in kinds:
        document["Containers"] = [_container(ask, one, usage.sizes[one.id]) for one in usage.containers]
    if "volume" in kinds:
        document["Volumes"] = usage.volumes
    return call.answer({**document, "BuildCache": [] if "build-cache" in kinds else None, "BuilderSize": 0})


def _container(ask: Call, one: Any, sizes: tuple[int, int]) -> JSON:
    shown = one.config.get("Image") or one.image
    return container_wire.summary(
        one, image=shown, now_ns=clock.now_ns(), sizes=container_wire.Sizes(*sizes), version=ask.version
    )


async def journal(ask: Call) -> Response:
    """GET /docklab/journal: every call and event so far, one JSON object a line."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in ask.journal.read():
            yield piece

    return call.stream(pieces(), "application/x-ndjson")


async def explain(ask: Call) -> Response:
    """GET /docklab/explain/{id}: the last start of a container, operation by operation."""
    return call.answer(ask.engine.containers.explain(ask.container().id))


SERVER = f"docklab/{system.VERSION} (linux)"
