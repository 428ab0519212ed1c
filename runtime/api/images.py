"""Handlers: images, and the container that becomes one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from ..errors import BadRequest, EngineError, NotFound, Unsupported
from ..http.messages import Response
from ..model.filters import Filters
from ..model.image import Image
from . import bodies, call, filters
from .call import Call
from .wire import images as wire

JSON = dict[str, Any]


async def list_(ask: Call) -> Response:
    """GET /images/json."""
    images = filters.images(ask.engine, ask.filters(), everything=ask.flag("all"))
    usage = await ask.engine.system.df(frozenset()) if ask.flag("shared-size") else None
    lines = [
        wire.summary(
            image,
            created=filters.created(image),
            containers=-1,
            shared=usage.shared(image) if usage else -1,
            version=ask.version,
        )
        for image in images
    ]
    return call.answer(lines)


async def inspect(ask: Call) -> Response:
    """GET /images/{name}/json."""
    image = _find(ask)
    lowers = [str(path) for path in ask.engine.images.lowers(image)]
    return call.answer(wire.inspect(image, lowers=lowers, version=ask.version))


def _find(ask: Call) -> Image:
    image: Image = ask.engine.images.find(ask.params["name"])
    ask.actors += (image.id, *image.tags)
    return image


async def history(ask: Call) -> Response:
    """GET /images/{name}/history."""
    _find(ask)
    return call.answer(ask.engine.images.history(ask.params["name"]))


async def tag(ask: Call) -> Response:
    """POST /images/{name}/tag."""
    _find(ask)
    await ask.engine.images.tag(ask.params["name"], ask.text("repo"), ask.text("tag"))
    return call.empty(201)


async def remove(ask: Call) -> Response:
    """DELETE /images/{name}."""
    _find(ask)
    force, noprune = ask.flag("force"), ask.flag("noprune")
    return call.answer(await ask.engine.images.remove(ask.params["name"], force=force, noprune=noprune))


async def prune(ask: Call) -> Response:
    """POST /images/prune."""
    wanted: Filters = ask.filters()
    removed, gained = await ask.engine.images.prune(wanted)
    return call.answer({"ImagesDeleted": removed or None, "SpaceReclaimed": gained})


async def search(_ask: Call) -> Response:
    """GET /images/search."""
    raise Unsupported("docklab has no registry to search: its registry client is not part of this version")


async def push(ask: Call) -> Response:
    """POST /images/{name}/push."""
    tag = ask.text("tag")
    ask.engine.images.find(f"{ask.params['name']}:{tag}" if tag else ask.params["name"])
    raise Unsupported("docklab cannot push: its registry client is not part of this version")


async def create(ask: Call) -> Response:
    """POST /images/create: an import from the body; a pull has no registry to ask."""
    source = ask.text("fromSrc")
    if not source:
        return await _pull(ask)
    if source != "-":
        raise Unsupported("docklab imports an archive that is sent to it, not one at an address")
    changes = ask.request.query.get("changes", [])
    progress = ask.engine.images.import_(
        aiter(ask.request), ask.text("repo"), ask.text("tag"), ask.text("message"), changes
    )
    return call.stream(_progress(progress))


async def _pull(ask: Call) -> Response:
    name = ask.text("fromImage")
    if not name:
        raise BadRequest("invalid reference format")
    ask.engine.images.check_reference(name, ask.text("tag"))
    name = name.removeprefix("docker.io/").removeprefix("library/")
    raise NotFound(
        f"pull access denied for {name}, repository does not exist or may require 'docker login': denied: "
        "docklab has no registry to pull from"
    )


async def load(ask: Call) -> Response:
    """POST /images/load."""
    return call.stream(_progress(ask.engine.images.load(aiter(ask.request), quiet=ask.flag("quiet"))))


async def _progress(progress: AsyncIterator[JSON]) -> AsyncIterator[bytes]:
    """Send progress as it comes; a failure after the headers are out can only be told in the stream."""
    try:
        async for line in progress:
            yield call.encode(line)
    except EngineError as error:
        yield call.encode({"errorDetail": {"message": error.message}, "error": error.message})


async def save(ask: Call) -> Response:
    """GET /images/get: several images as one archive."""
    names = [name for given in ask.request.query.get("names", []) for name in given.split(",") if name]
    if not names:
        raise BadRequest("no image names were given")
    return await _save(ask, names)


async def save_one(ask: Call) -> Response:
    """GET /images/{name}/get."""
    return await _save(ask, [ask.params["name"]])


async def _save(ask: Call, names: list[str]) -> Response:
    for name in names:
        image = ask.engine.images.find(name)
        ask.actors += (image.id, *image.tags)
    return call.stream(ask.engine.images.save(names), "application/x-tar")


async def commit(ask: Call) -> Response:
    """POST /commit."""
    one = ask.container(ask.text("container"))
    config = await ask.json(bodies.CONFIG, optional=True)
    identity = await ask.engine.commits.commit(
        one,
        repo=ask.text("repo"),
        tag=ask.text("tag"),
        author=ask.text("author"),
        comment=ask.text("comment"),
        changes=_changes(ask),
        pause=ask.flag("pause", default=True),
        config=config,
    )
    ask.actors.append(identity)
    return call.answer({"Id": identity}, 201)


def _changes(ask: Call) -> list[str]:
    """Read the Dockerfile lines to apply: repeated parameters, lines of one, or (old clients) a JSON list."""
    lines: list[str] = []
    for given in ask.request.query.get("changes", []):
        if given.startswith("["):
            try:
                lines += [str(line) for line in json.loads(given)]
                continue
            except ValueError:
                pass
        lines += given.splitlines()
    return lines
