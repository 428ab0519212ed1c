"""Handlers for what docklab does not do yet: every path of the Engine API answers, and says why."""

from __future__ import annotations

from ..errors import BadRequest, EngineError, NotFound, Unavailable, Unsupported
from ..http.messages import Response
from . import call
from .call import Call


async def session(_ask: Call) -> Response:
    """POST /session: BuildKit's protocol."""
    raise Unsupported("docklab does not speak BuildKit's session protocol; use DOCKER_BUILDKIT=0")


async def build_prune(_ask: Call) -> Response:
    """POST /build/prune: there is no build cache, so there is nothing to remove."""
    return call.answer({"CachesDeleted": None, "SpaceReclaimed": 0})


async def distribution(ask: Call) -> Response:
    """GET /distribution/{name}/json."""
    ask.engine.images.check_reference(ask.params["name"])
    raise Unsupported("docklab cannot ask a registry: its registry client is not part of this version")


async def web_socket(_ask: Call) -> Response:
    """GET /containers/{id}/attach/ws."""
    raise Unsupported("docklab does not attach over WebSocket; use POST /containers/{id}/attach with Upgrade: tcp")


async def plugins(_ask: Call) -> Response:
    """GET /plugins: none."""
    return call.answer([])


async def plugin(ask: Call) -> Response:
    """Anything about one plugin."""
    raise NotFound(f'plugin "{ask.params["name"]}" not found')


async def install_plugin(_ask: Call) -> Response:
    """POST /plugins/pull, /plugins/create, GET /plugins/privileges."""
    raise Unsupported("docklab has no plugins")


async def swarm(_ask: Call) -> Response:
    """Whatever needs a swarm manager."""
    raise Unavailable(
        'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to '
        "swarm and try again."
    )


async def swarm_leave(_ask: Call) -> Response:
    """POST /swarm/leave."""
    raise Unavailable("This node is not part of a swarm")


async def swarm_init(ask: Call) -> Response:
    """POST /swarm/init, /swarm/join, /swarm/unlock."""
    try:
        await ask.json({})
    except EngineError as error:
        raise BadRequest(error.message) from None
    raise Unsupported("docklab cannot form a swarm: its swarm mode is not part of this version")
