"""Archives of images: load, save, import. Formats: docker-archive (manifest.json) and OCI image layout (index.json)."""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ..errors import BadRequest, EngineError
from ..model import reference
from ..model.image import Layer
from ..store.blobs import digest_of
from ..store.layers import chain_id
from . import clock, instructions, transfers

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]
LARGEST_DOCUMENT = 8 << 20  # bytes of a manifest or configuration
SUPPORTED = "docker-archive or OCI image layout"


async def unpack(engine: Engine, stream: AsyncIterator[bytes], *, parent: str, diff_id: str = "") -> Layer:
    """Unpack one layer from a tar stream (compressed or not) upon `parent`; `diff_id` is what it has to be."""
    folder = engine.layers.begin()
    try:
        with (folder / "pieces").open("wb") as pieces:
            operations = [
                {"op": "root", "path": str(folder / "diff")},
                {"op": "chroot"},
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


class Archive:
    """An archive of images in a file, read by name; nothing of it is unpacked here."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._tar = tarfile.open(fileobj=file, mode="r:*")  # noqa: SIM115  closed with its file
            self._members = {os.path.normpath(one.name): one for one in self._tar}
        except (tarfile.TarError, EOFError, OSError) as error:
            raise BadRequest(f"invalid tar archive: {error}") from error

    def __contains__(self, name: str) -> bool:
        return os.path.normpath(name) in self._members

    def open(self, name: str) -> BinaryIO:
        """Open a member; BadRequest when it is missing or no file."""
        member = self._members.get(os.path.normpath(name))
        if member is not None and (member.issym() or member.islnk()):
            folder = os.path.dirname(member.name) if member.issym() else ""
            member = self._members.get(os.path.normpath(f"{folder}/{member.linkname}".lstrip("/")))
        if member is None or not member.isreg():
            raise BadRequest(f"open {name}: no such file or directory in the archive")
        return cast(BinaryIO, self._tar.extractfile(member))

    def document(self, name: str) -> tuple[bytes, Any]:
        """Read a JSON member: its bytes and its value."""
        with self.open(name) as file:
            data = file.read(LARGEST_DOCUMENT + 1)
        if len(data) > LARGEST_DOCUMENT:
            raise BadRequest(f"{name} in the archive is too large")
        try:
            return data, json.loads(data)
        except ValueError as error:
            raise BadRequest(f"invalid JSON in {name}: {error}") from error

    def images(self) -> list[tuple[str, list[str], list[str]]]:
        """List (configuration's member, layers' members, tags) of each image."""
        if "manifest.json" in self:
            return self._docker()
        if "index.json" in self:
            return self._oci()
        raise BadRequest(f"the archive is no image archive: it has neither manifest.json nor index.json ({SUPPORTED})")

    def _docker(self) -> list[tuple[str, list[str], list[str]]]:
        _data, manifest = self.document("manifest.json")
        try:
            return [(str(one["Config"]), list(one["Layers"]), list(one.get("RepoTags") or [])) for one in manifest]
        except (TypeError, KeyError) as error:
            raise BadRequest("manifest.json in the archive is not a list of images") from error

    def _oci(self) -> list[tuple[str, list[str], list[str]]]:
        _data, index = self.document("index.json")
        found = []
        try:
            for described in index["manifests"]:
                _data, manifest = self.document(_blob(described["digest"]))
                name = (described.get("annotations") or {}).get("io.containerd.image.name", "")
                layers = [_blob(layer["digest"]) for layer in manifest["layers"]]
                found.append((_blob(manifest["config"]["digest"]), layers, [name] if name else []))
        except (TypeError, KeyError) as error:
            raise BadRequest("index.json in the archive is not an OCI index") from error
        return found


def _blob(digest: str) -> str:
    return "blobs/" + str(digest).replace(":", "/", 1)


async def _spooled(engine: Engine, stream: AsyncIterator[bytes]) -> BinaryIO:
    folder = engine.settings.data_root / "tmp"
    folder.mkdir(exist_ok=True, mode=0o700)
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  the caller closes it
    try:
        async for data in stream:
            file.write(data)
    except OSError as error:
        file.close()
        raise EngineError(f"cannot keep the archive: {error.strerror}") from error
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return cast(BinaryIO, file)


async def load(engine: Engine, stream: AsyncIterator[bytes], *, quiet: bool) -> AsyncIterator[JSON]:
    """Load all images of an archive. What was loaded before a failure stays without names and is no image."""
    with await _spooled(engine, stream) as file:
        archive = await engine.in_thread(Archive, file)
        for config, layers, tags in archive.images():
            data, document = archive.document(config)
            diff_ids = _diff_ids(document, config)
            if len(diff_ids) != len(layers):
                counts = f"expected {len(diff_ids)}, got {len(layers)}"
                raise BadRequest(f"invalid manifest, layers length mismatch: {counts}")
            names = [reference.tagged(tag).familiar for tag in tags]
            async for line in _layers(engine, archive, diff_ids, layers, quiet=quiet):
                yield line
            identity = engine.images.add(data)
            for name in names:
                engine.images.name(identity, name)
                yield {"stream": f"Loaded image: {name}\n"}
            if not names:
                yield {"stream": f"Loaded image ID: {identity}\n"}
            engine.events.publish("image", "load", identity, {"name": names[0] if names else identity})


def _diff_ids(document: Any, name: str) -> list[str]:
    try:
        found = [str(one) for one in document["rootfs"]["diff_ids"]]
    except (TypeError, KeyError) as error:
        raise BadRequest(f"invalid image configuration {name}: no rootfs.diff_ids") from error
    return found


async def _layers(
    engine: Engine, archive: Archive, diff_ids: list[str], names: list[str], *, quiet: bool
) -> AsyncIterator[JSON]:
    parent = ""
    for diff_id, name in zip(diff_ids, names, strict=True):
        chain = chain_id(parent, diff_id)
        if engine.layers.get(chain) is None:
            with archive.open(name) as file:
                total = file.seek(0, io.SEEK_END)
                file.seek(0)
                short = diff_id.removeprefix("sha256:")[:12]
                if not quiet:
                    yield _progress(short, 0, total)
                await unpack(engine, transfers.of_file(engine, file), parent=parent, diff_id=diff_id)
                if not quiet:
                    yield _progress(short, total, total)
        parent = chain


def _progress(short: str, current: int, total: int) -> JSON:
    return {"status": "Loading layer", "progressDetail": {"current": current, "total": total}, "id": short}


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
        {"op": "root", "path": str(folder)},
        {"op": "chroot"},
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
    layer = await unpack(engine, stream, parent="")
    created = clock.now()
    document = {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine],
        "os": "linux",
        "created": created,
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id]},
        "history": [{"created": created, "comment": message or "Imported from -"}],
    }
    data = json.dumps(document, separators=(",", ":")).encode()
    identity = engine.images.add(data)
    assert identity == digest_of(data)
    if name:
        engine.images.name(identity, name)
    engine.events.publish("image", "import", identity, {"name": name or identity})
    yield {"status": identity}
