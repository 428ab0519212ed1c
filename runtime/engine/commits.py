"""`docker commit`: a container's writable folder becomes a layer, its configuration an image's."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from ..model import reference
from ..model.container import Container
from ..model.image import Image
from ..model.states import Status
from . import clock, image_archives, instructions, transfers

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]
EMPTY = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"  # digest of an archive of nothing
_KEPT = (
    *("Hostname", "Domainname", "User", "AttachStdin", "AttachStdout", "AttachStderr", "ExposedPorts", "Tty"),
    *("OpenStdin", "StdinOnce", "Env", "Cmd", "Healthcheck", "Image", "Volumes", "WorkingDir", "Entrypoint", "OnBuild"),
    *("Labels", "StopSignal", "Shell"),
)


class Commits:
    """The verb commit."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def commit(
        self,
        container: Container,
        *,
        repo: str = "",
        tag: str = "",
        author: str = "",
        comment: str = "",
        changes: list[str] | None = None,
        pause: bool = True,
        config: JSON | None = None,
        created_by: str = "",
        base: Image | None = None,
    ) -> str:
        """Make an image of a container as it is; give its id. A running one is paused meanwhile unless told not to.

        A build's step keeps the configuration of its image, `base`, and says what made it, `created_by`.
        """
        name = reference.tagged(f"{repo}:{tag}" if tag else repo).familiar if repo else ""
        asked = {key: value for key, value in (config or {}).items() if value} if config else {}
        kept = {key: container.config[key] for key in _KEPT if key in container.config}
        made = base.config if base is not None else instructions.apply({**kept, **asked}, changes or [])
        parent = self.engine.images.find(container.image)
        paused = pause and container.state.status is Status.RUNNING
        if paused:
            await self.engine.containers.pause(container.id)
        async with self.engine.images.changing:
            try:
                layer = await self._layer(container, parent.layers[-1] if parent.layers else "")
            finally:
                if paused:
                    with contextlib.suppress(Exception):  # it may have been killed meanwhile; the commit is good
                        await self.engine.containers.unpause(container.id)
            try:
                document = _document(parent.document, container, made, layer.diff_id, author=author, comment=comment)
                if created_by:
                    document["history"][-1]["created_by"] = created_by
                data = json.dumps(document, separators=(",", ":")).encode()
                identity = self.engine.images.add(data, parent=parent.id)
            finally:  # a layer without changes is in no image, and a full disk may have refused the image
                self.engine.images.drop_layers([layer.chain_id])
        if name:
            self.engine.images.name(identity, name)
        self.engine.containers.announce(container, "commit", {"comment": comment})
        return identity

    async def _layer(self, container: Container, parent: str) -> Any:
        upper = self.engine.containers.records.path(container.id) / "upper"
        operations = [
            *transfers.root(upper),
            {"op": "call", "function": "pack", "arguments": {"overlay": True}},
        ]
        stream = transfers.drain(self.engine, self.engine.archivist, operations)
        return await image_archives.unpack(self.engine, stream, parent=parent)


def _document(
    parent: JSON, container: Container, config: JSON, diff_id: str, *, author: str, comment: str
) -> JSON:
    created = clock.now()
    step = {"created": created, "created_by": " ".join(container.args)}
    step |= {key: value for key, value in (("author", author), ("comment", comment)) if value}
    empty = diff_id == EMPTY
    diff_ids = [*(parent.get("rootfs") or {}).get("diff_ids", []), *([] if empty else [diff_id])]
    return {
        "architecture": parent.get("architecture") or {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine],
        "os": "linux",
        "created": created,
        **({"author": author} if author else {}),
        **({"comment": comment} if comment else {}),
        "container": container.id,
        "container_config": container.config,
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [*(parent.get("history") or []), step | ({"empty_layer": True} if empty else {})],
    }
