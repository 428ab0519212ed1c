"""Handlers: containers."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

from ..engine import clock
from ..engine.runs import Waiter
from ..errors import BadRequest, NotFound, Unsupported
from ..http.messages import Response
from ..model import times
from ..model.container import Container
from . import bodies, call, filters, streams
from .call import Call
from .wire import containers as wire

JSON = dict[str, Any]

_CONDITIONS = ("", "not-running", "next-exit", "removed")
_PLATFORM = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,2}")


async def list_(ask: Call) -> Response:
    """GET /containers/json."""
    wanted, limit = ask.filters(), ask.number("limit", 0)
    chosen = filters.select(ask.engine, wanted, everything=ask.flag("all"), limit=limit)
    sizes = await _sizes(ask, chosen) if ask.flag("size") else {}
    now = clock.now_ns()
    named = _named(ask, chosen)
    lines = [
        wire.summary(one, image=_shown(one, named), now_ns=now, sizes=sizes.get(one.id), version=ask.version)
        for one in chosen
    ]
    return call.answer(lines)


async def _sizes(ask: Call, containers: list[Container]) -> dict[str, wire.Sizes]:
    return {one.id: await _size(ask, one) for one in containers}


async def _size(ask: Call, one: Container) -> wire.Sizes:
    own = await ask.engine.in_thread(ask.engine.containers.size, one)
    try:
        image = ask.engine.images.find(one.image).size
    except NotFound:
        image = 0
    return wire.Sizes(own, own + image)


def _named(ask: Call, containers: list[Container]) -> dict[str, str]:
    """Look up what the names of the containers' images mean now, each once."""
    found = {}
    for name in {str(one.config.get("Image") or "") for one in containers}:
        with contextlib.suppress(NotFound, BadRequest):
            found[name] = ask.engine.images.find(name).id
    return found


def _shown(one: Container, named: dict[str, str]) -> str:
    """Name the image as the user did, unless that name means another image by now."""
    name = str(one.config.get("Image") or "")
    return name if named.get(name) == one.image else one.image


async def create(ask: Call) -> Response:
    """POST /containers/create."""
    body = await ask.json(bodies.CONTAINER)
    if not body:
        raise BadRequest("config cannot be empty in order to create a container")
    platform = ask.text("platform") or None
    if platform is not None and not _PLATFORM.fullmatch(platform):
        raise BadRequest(f'"{platform}" is an invalid OS or architecture component')
    identity, warnings = await ask.engine.containers.create(_name(ask), body, platform=platform)
    ask.container(identity)
    return call.answer({"Id": identity, "Warnings": warnings or []}, 201)


def _name(ask: Call) -> str | None:
    return ask.text("name") or None


async def inspect(ask: Call) -> Response:
    """GET /containers/{id}/json."""
    one = ask.container()
    sizes = await _size(ask, one) if ask.flag("size") else None
    places = wire.Places(ask.engine.containers.records.path(one.id), _lowers(ask, one))
    execs = ask.engine.execs.of(one.id)
    return call.answer(wire.inspect(one, places, execs=execs, sizes=sizes, version=ask.version))


def _lowers(ask: Call, one: Container) -> tuple[str, ...]:
    try:
        return tuple(str(path) for path in ask.engine.images.lowers(ask.engine.images.find(one.image)))
    except NotFound:
        return ()


async def start(ask: Call) -> Response:
    """POST /containers/{id}/start."""
    await ask.engine.containers.start(ask.container().id)
    return call.empty()


async def stop(ask: Call) -> Response:
    """POST /containers/{id}/stop."""
    ref = ask.container().id
    await ask.engine.containers.stop(ref, timeout=_timeout(ask), signal_name=ask.text("signal") or None)
    return call.empty()


async def restart(ask: Call) -> Response:
    """POST /containers/{id}/restart."""
    ref = ask.container().id
    await ask.engine.containers.restart(ref, timeout=_timeout(ask), signal_name=ask.text("signal") or None)
    return call.empty()


def _timeout(ask: Call) -> int | None:
    return ask.number("t", 0) if ask.text("t") else None


async def kill(ask: Call) -> Response:
    """POST /containers/{id}/kill."""
    ask.container()
    await ask.engine.containers.kill(ask.params["id"], signal_name=ask.text("signal"))
    return call.empty()


async def pause(ask: Call) -> Response:
    """POST /containers/{id}/pause."""
    await ask.engine.containers.pause(ask.container().id)
    return call.empty()


async def unpause(ask: Call) -> Response:
    """POST /containers/{id}/unpause."""
    await ask.engine.containers.unpause(ask.container().id)
    return call.empty()


async def rename(ask: Call) -> Response:
    """POST /containers/{id}/rename."""
    one = ask.container()
    await ask.engine.containers.rename(one.id, ask.text("name"))
    return call.empty()


async def update(ask: Call) -> Response:
    """POST /containers/{id}/update."""
    one = ask.container()
    warnings = await ask.engine.containers.update(one.id, await ask.json(bodies.UPDATE))
    return call.answer({"Warnings": warnings or []})


async def remove(ask: Call) -> Response:
    """DELETE /containers/{id}."""
    one = ask.container()
    await ask.engine.containers.remove(one.id, force=ask.flag("force"), volumes=ask.flag("v"), link=ask.flag("link"))
    return call.empty()


async def prune(ask: Call) -> Response:
    """POST /containers/prune."""
    removed, gained = await ask.engine.containers.prune(ask.filters())
    ask.actors += removed
    return call.answer({"ContainersDeleted": removed or None, "SpaceReclaimed": gained})


async def wait(ask: Call) -> Response:
    """POST /containers/{id}/wait: headers now, the exit code when there is one."""
    condition = ask.text("condition")
    if condition not in _CONDITIONS:
        raise BadRequest(f'invalid condition: "{condition}"')
    waiter = await ask.engine.containers.wait(ask.container().id, condition=condition or "not-running")
    return call.stream(_outcome(waiter))


async def _outcome(waiter: Waiter) -> AsyncIterator[bytes]:
    code, error = await waiter.result()
    outcome: JSON = {"StatusCode": code}
    if error:
        outcome["Error"] = {"Message": error}
    yield call.encode(outcome)


async def resize(ask: Call) -> Response:
    """POST /containers/{id}/resize."""
    height, width = size(ask)
    await ask.engine.containers.resize(ask.container().id, height=height, width=width)
    return call.empty(200)


def size(ask: Call) -> tuple[int, int]:
    """Read the size of a terminal."""
    height, width = ask.number("h", 0), ask.number("w", 0)
    if not (0 <= height < 1 << 16 and 0 <= width < 1 << 16):
        raise BadRequest(f"invalid terminal size: {height} by {width}")
    return height, width


async def attach(ask: Call) -> None:
    """POST /containers/{id}/attach: the connection becomes the container's streams."""
    keys = streams.parse_keys(ask.text("detachKeys"))
    one = ask.container()
    attachment = await ask.engine.containers.attach(
        one.id,
        stdin=ask.flag("stdin"),
        stdout=ask.flag("stdout"),
        stderr=ask.flag("stderr"),
        logs=ask.flag("logs"),
        stream=ask.flag("stream"),
    )
    await streams.serve(ask, attachment, keys, detached=lambda: ask.engine.containers.announce(one, "detach"))


async def logs(ask: Call) -> Response:
    """GET /containers/{id}/logs."""
    one = ask.container()
    stdout, stderr = ask.flag("stdout"), ask.flag("stderr")
    if not (stdout or stderr):
        raise BadRequest("Bad parameters: you must choose at least one stream")
    if one.host.get("LogConfig", {}).get("Type") == "none":
        raise Unsupported("configured logging driver does not support reading")
    pieces = ask.engine.logs.read(
        one,
        stdout=stdout,
        stderr=stderr,
        since=_moment(ask, "since"),
        until=_moment(ask, "until"),
        tail=_tail(ask),
        follow=ask.flag("follow"),
        timestamps=ask.flag("timestamps"),
    )
    return call.stream(streams.framed(pieces, tty=one.tty), streams.content_type(ask, tty=one.tty))


def _moment(ask: Call, name: str) -> int | None:
    text = ask.text(name)
    if not text or text == "0":
        return None
    try:
        return times.moment(text, now=clock.now_ns())
    except ValueError as error:
        raise BadRequest(f'invalid value for "{name}": {error}') from None


def _tail(ask: Call) -> int | None:
    """Read how many of the last lines are wanted; what is no number means all, as in Docker."""
    text = ask.text("tail", "all")
    return int(text) if re.fullmatch(r"\d{1,18}", text) else None


async def top(ask: Call) -> Response:
    """GET /containers/{id}/top."""
    return call.answer(await ask.engine.stats.top(ask.container(), ask.text("ps_args", "-ef")))


async def stats(ask: Call) -> Response:
    """GET /containers/{id}/stats: one sample a second, or one."""
    one = ask.container()
    if not ask.flag("stream", default=True):
        first = None if ask.flag("one-shot") else await _sample(ask, one.id, None)
        if first is not None and one.state.running:
            await asyncio.sleep(1)  # a share of the processor is a difference of two samples
        return call.answer(await _sample(ask, one.id, first))
    return call.stream(_samples(ask, one.id))


async def _samples(ask: Call, identity: str) -> AsyncIterator[bytes]:
    before: JSON | None = None
    while True:
        try:
            before = await _sample(ask, identity, before)
        except NotFound:
            return
        yield call.encode(before)
        await asyncio.sleep(1)  # the interval is the contract of this call


async def _sample(ask: Call, identity: str, before: JSON | None) -> JSON:
    sample: JSON = await ask.engine.stats.sample(ask.engine.containers.find(identity))
    if before is not None:
        sample |= {"preread": before["read"], "precpu_stats": before["cpu_stats"]}
    return sample


async def changes(ask: Call) -> Response:
    """GET /containers/{id}/changes."""
    return call.answer(await ask.engine.archives.changes(ask.container()) or None)
