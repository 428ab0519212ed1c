"""An image's configuration document (OCI image-spec, config.md): checked when it comes from outside. Pure."""

from __future__ import annotations

import json
import os
from typing import Any

from ..errors import BadRequest
from . import times

JSON = dict[str, Any]
LARGEST = 4 << 20
_LISTS = ("Env", "Cmd", "Entrypoint", "OnBuild", "Shell")
_TEXTS = ("User", "WorkingDir", "StopSignal")
_TABLES = ("Volumes", "ExposedPorts", "Labels", "Healthcheck")


def read_json(data: bytes, what: str) -> Any:
    """Parse JSON of unknown origin: bounded, and representable as UTF-8 again."""
    try:
        value = json.loads(data)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"invalid archive: {what}: {error!s:.200}") from None
    return value


def parse(data: bytes) -> JSON:
    """Read a configuration; BadRequest when an image cannot be made of it."""
    if len(data) > LARGEST:
        raise BadRequest("invalid archive: image configuration is too large")
    document = read_json(data, "image configuration")
    if not isinstance(document, dict) or not isinstance(document.get("rootfs"), dict):
        raise BadRequest("invalid image JSON, no RootFS key")
    diff_ids = document["rootfs"].get("diff_ids") or []
    if not _texts(diff_ids) or not all(_is_digest(one) for one in diff_ids):
        raise BadRequest("invalid image JSON: rootfs.diff_ids")
    document["rootfs"]["diff_ids"] = diff_ids
    if (system := document.get("os") or "linux") != "linux":
        raise BadRequest(f"cannot load {system} image on linux"[:100])
    _check_config(document)
    steps = document.get("history") or []
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise BadRequest("invalid image JSON: history")
    return document


def _check_config(document: JSON) -> None:
    config = document.get("config") or {}
    good = (
        isinstance(config, dict)
        and all(_texts(config.get(key) or []) for key in _LISTS)
        and all(isinstance(config.get(key) or "", str) for key in _TEXTS)
        and all(isinstance(config.get(key) or {}, dict) for key in _TABLES)
        and all(isinstance(value, str) for value in (config.get("Labels") or {}).values())
        and all(isinstance(document.get(key) or "", str) for key in ("created", "author", "architecture", "comment"))
    )
    if not good:
        raise BadRequest("invalid image JSON: config")


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_digest(text: str) -> bool:
    algorithm, _, rest = text.partition(":")
    return algorithm == "sha256" and len(rest) == 64 and set(rest) <= set("0123456789abcdef")


def seconds(created: object) -> int:
    """Give a time in a configuration as seconds since 1970; 0 when there is none."""
    try:
        return times.moment(str(created), now=0) // 10**9 if created else 0
    except (ValueError, OverflowError):
        return 0


def history(document: JSON, sizes: list[int]) -> list[JSON]:
    """List the steps as `docker history` does, newest first; `sizes` are the layers', lowest first."""
    steps = document.get("history") or [{"created": document.get("created")}] * len(sizes)
    lines, number = [], 0
    for step in steps:
        size = 0
        if not step.get("empty_layer") and number < len(sizes):
            size, number = sizes[number], number + 1
        lines.append(
            {
                "Id": "<missing>",
                "Created": seconds(step.get("created")),
                "CreatedBy": str(step.get("created_by") or ""),
                "Tags": None,
                "Size": size,
                "Comment": str(step.get("comment") or ""),
            }
        )
    return lines[::-1]


def architecture() -> str:
    """Name this machine's processor as images do."""
    machine = os.uname().machine
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def encode(document: JSON) -> bytes:
    """Spell a configuration that this engine makes."""
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
