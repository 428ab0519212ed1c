"""Handlers: volumes."""

from __future__ import annotations

from ..http.messages import Response
from . import bodies, call
from .call import Call


async def list_(ask: Call) -> Response:
    """GET /volumes."""
    return call.answer({"Volumes": ask.engine.volumes.list(ask.filters()), "Warnings": None})


async def inspect(ask: Call) -> Response:
    """GET /volumes/{name}."""
    return call.answer(ask.engine.volumes.inspect(ask.params["name"]))


async def create(ask: Call) -> Response:
    """POST /volumes/create."""
    made = await ask.engine.volumes.create(await ask.json(bodies.VOLUME))
    ask.actors.append(made["Name"])
    return call.answer(made, 201)


async def remove(ask: Call) -> Response:
    """DELETE /volumes/{name}."""
    await ask.engine.volumes.remove(ask.params["name"], force=ask.flag("force"))
    return call.empty()


async def prune(ask: Call) -> Response:
    """POST /volumes/prune."""
    removed, gained = await ask.engine.volumes.prune(ask.filters())
    ask.actors += removed
    return call.answer({"VolumesDeleted": removed or None, "SpaceReclaimed": gained})
