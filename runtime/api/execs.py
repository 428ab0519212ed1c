"""Handlers: execs."""

from __future__ import annotations

from ..errors import Conflict
from ..http.messages import Response
from . import bodies, call, containers, streams
from .call import Call
from .wire import execs as wire


async def create(ask: Call) -> Response:
    """POST /containers/{id}/exec."""
    one = ask.container()
    body = await ask.json(bodies.EXEC)
    streams.parse_keys(body.get("DetachKeys") or "")
    identity = await ask.engine.execs.create(one.id, body)
    ask.actors.append(identity)
    return call.answer({"Id": identity}, 201)


async def start(ask: Call) -> Response | None:
    """POST /exec/{id}/start: the connection becomes the process's streams, unless it is detached."""
    body = await ask.json(bodies.EXEC_START, optional=True)
    made = ask.engine.execs.find(ask.params["id"])
    ask.actors += (made.id, made.container)
    shape = body.get("ConsoleSize") or made.request.get("ConsoleSize")
    console = (shape[0], shape[1]) if shape and any(shape) else None
    detach = bool(body.get("Detach"))
    attachment = await ask.engine.execs.start(made.id, detach=detach, tty=bool(body.get("Tty")), console_size=console)
    if attachment is None:
        return call.empty(200)
    keys = streams.parse_keys(made.request.get("DetachKeys") or "")
    await streams.serve(ask, attachment, keys, detached=lambda: None)
    return None


async def inspect(ask: Call) -> Response:
    """GET /exec/{id}/json."""
    return call.answer(wire.inspect(ask.engine.execs.find(ask.params["id"])))


async def resize(ask: Call) -> Response:
    """POST /exec/{id}/resize."""
    height, width = containers.size(ask)
    made = ask.engine.execs.find(ask.params["id"])
    if made.exit_code is not None:
        raise Conflict(f"cannot resize a stopped exec: {made.id}")
    await ask.engine.execs.resize(made.id, height=height, width=width)
    return call.empty(200)
