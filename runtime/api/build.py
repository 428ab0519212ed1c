"""Handlers: building images."""

from __future__ import annotations

import json
import os
import tarfile
import tempfile
from collections.abc import AsyncIterator
from typing import IO, Any

from ..build.builder import Build, Options
from ..errors import BadRequest, EngineError, Unsupported
from ..http.messages import Response
from . import call
from .call import Call

JSON = dict[str, Any]
LARGEST_DOCKERFILE = 1 << 20  # bytes


async def build(ask: Call) -> Response:
    """POST /build: the classic builder."""
    if ask.text("version") == "2":
        raise BadRequest("docklab has the classic builder only: set DOCKER_BUILDKIT=0")
    if ask.text("remote") not in ("", "client-session"):
        raise Unsupported("docklab builds from a context that is sent to it, not from an address")
    text = await _dockerfile(ask)
    options = Options(
        tags=tuple(filter(None, ask.request.query.get("t", []))),
        arguments=_mapping(ask, "buildargs"),
        labels=_mapping(ask, "labels"),
        keep_containers=not ask.flag("rm", default=True),
        network=ask.text("networkmode") or "default",
    )
    return call.stream(_lines(Build(ask.engine, text, options), quiet=ask.flag("q")))


def _mapping(ask: Call, name: str) -> dict[str, str]:
    try:
        value = json.loads(ask.text(name) or "{}")
    except ValueError as error:
        raise BadRequest(f"invalid value for {name}: {error}") from error
    return {str(key): str(one) for key, one in (value or {}).items() if one is not None}


async def _dockerfile(ask: Call) -> str:
    """Read the Dockerfile out of the context; the rest of the context is not needed without COPY and ADD."""
    name = os.path.normpath(ask.text("dockerfile") or "Dockerfile")
    folder = ask.engine.settings.data_root / "tmp"
    folder.mkdir(exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=folder) as file:
        async for data in aiter(ask.request):
            file.write(data)
        file.seek(0)
        return await ask.engine.in_thread(_member, file, name)


def _member(file: IO[bytes], name: str) -> str:
    try:
        with tarfile.open(fileobj=file, mode="r:*") as archive:
            for member in archive:
                if os.path.normpath(member.name) == name and member.isreg():
                    content = archive.extractfile(member)
                    assert content is not None
                    return content.read(LARGEST_DOCKERFILE).decode(errors="replace")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadRequest(f"the build context is not a tar archive: {error}") from error
    raise BadRequest(f"Cannot locate specified Dockerfile: {name}")


async def _lines(made: Build, *, quiet: bool) -> AsyncIterator[bytes]:
    """Send what the build says; a failure after the headers are out can only be told in the stream."""
    try:
        async for line in made.run():
            if not quiet:
                yield call.encode(line)
        if quiet and made.image is not None:
            yield call.encode({"stream": f"{made.image.id}\n"})
    except EngineError as error:
        yield call.encode({"errorDetail": {"message": error.message}, "error": error.message})
