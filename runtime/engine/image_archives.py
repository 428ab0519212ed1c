"""Archives of images: save and import; `loading` reads what others have made."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest
from ..model import reference
from ..model.image import Layer
from . import clock, instructions, loading, transfers

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]

async def unpack(engine: Engine, stream: AsyncIterator[bytes], *, parent: str, diff_id: str = "") -> Layer:
    """Unpack one layer from a tar stream (compressed or not) upon `parent`; `diff_id` is what it has to be."""
    folder = engine.layers.begin()
    try:
        with (folder / "pieces").open("wb") as pieces:
            operations = [
                *transfers.root(folder / "diff"),
                {"op": "call", "function": "unpack", "arguments": {"whiteouts": True}},
            ]
            result = await transfers.feed(engine.archivist, operations, stream, {"pieces": pieces.fileno()})
        if diff_id and result["diff_id"] != diff_id:
            raise BadRequest(f'invalid diffID for layer: expected "{diff_id}", got "{result["diff_id"]}"')
        return engine.layers.finish(
            folder, parent=parent, diff_id=result["diff_id"], size=result["size"], tar_size=result["tar_size"]
        )
    except BaseException:
        engine.remove_later(folder)
        raise


async def save(engine: Engine, refs: list[str]) -> AsyncIterator[bytes]:
    """Write images as a docker-archive; each layer once, byte for byte the tar it came as."""
    manifest: list[JSON] = []
    layers: dict[str, Layer] = {}
    documents: dict[str, bytes] = {}
    for ref in refs:
        image = engine.images.find(ref)
        config = f"{image.id.removeprefix('sha256:')}.json"
        documents[config] = engine.images.blobs.read(image.id)
        found = [layer for chain in image.layers if (layer := engine.layers.get(chain)) is not None]
        layers |= {_member(layer): layer for layer in found}
        names = [] if image.id.startswith(f"sha256:{ref.removeprefix('sha256:')}") else [reference.tagged(ref).familiar]
        known = next((one for one in manifest if one["Config"] == config), None)
        if known is not None:
            known["RepoTags"] = [*(known["RepoTags"] or []), *names]
            continue
        manifest.append({"Config": config, "RepoTags": names or None, "Layers": [_member(layer) for layer in found]})
    for name, data in {**documents, "manifest.json": json.dumps(manifest).encode()}.items():
        yield _header(name, len(data)) + data + bytes(-len(data) % tarfile.BLOCKSIZE)
    for name, layer in layers.items():
        yield _header(name, layer.tar_size)
        async for data in assemble(engine, layer):
            yield data
        yield bytes(-layer.tar_size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _member(layer: Layer) -> str:
    return f"{layer.diff_id.removeprefix('sha256:')}/layer.tar"


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = size
    return member.tobuf(tarfile.PAX_FORMAT)


async def assemble(engine: Engine, layer: Layer) -> AsyncIterator[bytes]:
    """Give a layer's exact tar."""
    folder = Path(layer.folder)
    operations = [
        *transfers.root(folder),
        {"op": "call", "function": "assemble", "arguments": {}},
    ]
    with (folder.parent / "pieces").open("rb") as pieces:
        async for data in transfers.drain(engine, engine.archivist, operations, {"pieces": pieces.fileno()}):
            yield data


async def import_(
    engine: Engine, stream: AsyncIterator[bytes], repo: str, tag: str, message: str, changes: list[str]
) -> AsyncIterator[JSON]:
    """Make an image of one layer from the tar of a root file system."""
    name = reference.tagged(f"{repo}:{tag}" if tag else repo).familiar if repo else ""
    config = instructions.apply({}, changes)
    with loading.spooled(engine) as file:
        size = await transfers.spool(engine, stream, file)
        async with engine.images.changing:
            layer = await loading.unpack(engine, file, (0, size), parent="")
            identity = engine.images.add(_imported(layer, config, message))
    if name:
        engine.images.name(identity, name)
    engine.events.publish("image", "import", identity, {"name": name or identity})
    yield {"status": identity}


def _imported(layer: Layer, config: JSON, message: str) -> bytes:
    """Spell the configuration of an image of one layer."""
    created = clock.now()
    document = {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine],
        "os": "linux",
        "created": created,
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id]},
        "history": [{"created": created, "comment": message or "Imported from -"}],
    }
    return json.dumps(document, separators=(",", ":")).encode()
