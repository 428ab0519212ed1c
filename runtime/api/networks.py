"""Handlers: networks. Which exist and what can be done to them, the engine decides."""

from __future__ import annotations

from ..http.messages import Response
from . import bodies, call
from .call import Call


async def list_(ask: Call) -> Response:
    """GET /networks."""
    return call.answer(ask.engine.networks.list(ask.filters()))


async def inspect(ask: Call) -> Response:
    """GET /networks/{id}."""
    return call.answer(ask.engine.networks.inspect(ask.params["id"], verbose=ask.flag("verbose")))


async def create(ask: Call) -> Response:
    """POST /networks/create."""
    return call.answer(await ask.engine.networks.create(await ask.json(bodies.NETWORK)), 201)


async def connect(ask: Call) -> Response:
    """POST /networks/{id}/connect."""
    await ask.engine.networks.connect(ask.params["id"], await ask.json(bodies.CONNECT))
    return call.empty(200)


async def disconnect(ask: Call) -> Response:
    """POST /networks/{id}/disconnect."""
    await ask.engine.networks.disconnect(ask.params["id"], await ask.json(bodies.CONNECT))
    return call.empty(200)


async def remove(ask: Call) -> Response:
    """DELETE /networks/{id}."""
    await ask.engine.networks.remove(ask.params["id"])
    return call.empty()


async def prune(ask: Call) -> Response:
    """POST /networks/prune."""
    return call.answer({"NetworksDeleted": await ask.engine.networks.prune(ask.filters()) or None})
