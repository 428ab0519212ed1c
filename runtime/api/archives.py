"""Handlers: files going into and out of containers."""

from __future__ import annotations

import base64
import json
from typing import Any

from ..errors import BadRequest
from ..http.messages import Response
from . import call
from .call import Call

JSON = dict[str, Any]
TAR = "application/x-tar"


def _path(ask: Call) -> str:
    path = ask.text("path")
    if not path:
        raise BadRequest("bad parameter: path cannot be empty")
    if "\0" in path:
        raise BadRequest("bad parameter: path holds a null byte")
    return path


def _stat(value: JSON) -> tuple[str, str]:
    text = json.dumps(value, separators=(",", ":")).encode()
    return "X-Docker-Container-Path-Stat", base64.b64encode(text).decode()


async def head(ask: Call) -> Response:
    """HEAD /containers/{id}/archive: what a path is, in a header."""
    path, one = _path(ask), ask.container()
    return Response(200, headers=[_stat(await ask.engine.archives.stat(one, path))])


async def get(ask: Call) -> Response:
    """GET /containers/{id}/archive."""
    path, one = _path(ask), ask.container()
    stat, pieces = await ask.engine.archives.get(one, path)
    return Response(200, pieces, TAR, [_stat(stat)])


async def put(ask: Call) -> Response:
    """PUT /containers/{id}/archive."""
    path, one = _path(ask), ask.container()
    await ask.engine.archives.put(
        one,
        path,
        aiter(ask.request),
        no_overwrite_dir_non_dir=ask.flag("noOverwriteDirNonDir"),
        copy_uid_gid=ask.flag("copyUIDGID"),
    )
    return call.empty(200)


async def export(ask: Call) -> Response:
    """GET /containers/{id}/export."""
    return call.stream(ask.engine.archives.export(ask.container()), TAR)
