"""`docker load`: an archive of images from outside. Two forms: docker-archive (manifest.json), OCI layout (index.json).

The outer archive is never unpacked: it is spooled, its table of contents is read, and every name in a manifest is
looked up in that table, so a name can only ever mean a member of the archive.
"""

from __future__ import annotations

import os
import posixpath
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest, EngineError
from ..model import documents, reference
from ..model.image import Layer
from ..primitives.archives import source
from ..store.blobs import digest_of
from ..store.layers import chain_id
from . import transfers

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]
MOST_MEMBERS = 20_000
LARGEST_MANIFEST = 8 << 20
_REF_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One image of an archive: its configuration, where its layers are, what it is to be called."""

    data: bytes
    document: JSON
    layers: tuple[tuple[int, int], ...]
    tags: tuple[str, ...]


@contextmanager
def spooled(engine: Engine) -> Iterator[int]:
    """Give a nameless file in the data root."""
    folder = engine.settings.data_root / "tmp"
    folder.mkdir(exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=folder) as file:
        yield file.fileno()


async def load(engine: Engine, stream: AsyncIterator[bytes], *, quiet: bool) -> AsyncIterator[JSON]:
    """Load every image of the archive, and say so."""
    try:
        with spooled(engine) as file:
            await transfers.spool(engine, stream, file)
            for one in await engine.in_thread(_read, engine, file):
                async with engine.images.changing:
                    async for line in _load_one(engine, file, one, quiet=quiet):
                        yield line
    except OSError as error:
        raise EngineError(f"cannot load: {(error.strerror or str(error)).lower()}") from error


def _read(engine: Engine, file: int) -> list[Wanted]:
    _expand(file, engine.settings.data_root / "tmp")
    table = Table(file)
    if "manifest.json" in table.members:
        return _docker_archive(table)
    if "index.json" in table.members:
        return _oci_layout(table)
    raise BadRequest("invalid archive: does not contain a manifest.json")


def _expand(file: int, folder: Path) -> None:
    """Replace a compressed archive by what is in it."""
    if os.pread(file, 6, 0)[:2] not in (b"\x1f\x8b", b"BZ", b"\xfd7", b"\x28\xb5"):
        return
    with tempfile.TemporaryFile(dir=folder) as plain:
        stream = source.plain(source.Window(file, 0))
        try:
            while data := stream.read(source.CHUNK):
                plain.write(data)
        except (OSError, EOFError, ValueError) as error:
            raise BadRequest(f"invalid archive: {error}") from error
        plain.flush()
        os.ftruncate(file, 0)
        offset = 0
        while count := os.copy_file_range(plain.fileno(), file, 1 << 30, offset, offset):
            offset += count


class Table:
    """The members of an archive by name: where their bytes are."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.members: dict[str, tuple[int, int]] = {}
        links: dict[str, str] = {}
        length = os.fstat(file).st_size
        try:
            os.lseek(file, 0, os.SEEK_SET)
            with open(os.dup(file), "rb") as raw, tarfile.TarFile(fileobj=raw) as tar:
                while (entry := tar.next()) is not None:
                    name = _name(entry.name)
                    if entry.isreg() and entry.sparse is None:
                        if entry.offset_data + entry.size > length:
                            raise BadRequest("unexpected EOF")
                        self.members[name] = entry.offset_data, entry.size
                    elif entry.issym():
                        links[name] = _name(posixpath.join(posixpath.dirname(name), entry.linkname))
                    if len(self.members) + len(links) > MOST_MEMBERS:
                        raise BadRequest("invalid archive: too many members")
                    tar.members.clear()  # type: ignore[attr-defined]
        except (tarfile.TarError, ValueError, OSError, RecursionError) as error:
            raise BadRequest(f"invalid archive: {error!s:.200}") from error
        for name, target in links.items():  # `docker save` links a layer that several images have
            if target in self.members:
                self.members.setdefault(name, self.members[target])

    def find(self, name: object) -> tuple[int, int]:
        """Look a member up by the name that a manifest gives."""
        place = self.members.get(_name(name)) if isinstance(name, str) else None
        if place is None:
            raise BadRequest(f"invalid archive: {name!s:.100}: no such file in it")
        return place

    def read(self, name: object, limit: int) -> bytes:
        """Read a member whole."""
        offset, size = self.find(name)
        if size > limit:
            raise BadRequest(f"invalid archive: {name!s:.100} is too large")
        return os.pread(self._file, size, offset)


def _name(name: str) -> str:
    return posixpath.normpath("/" + name).lstrip("/")


def _docker_archive(table: Table) -> list[Wanted]:
    manifest = documents.read_json(table.read("manifest.json", LARGEST_MANIFEST), "manifest.json")
    if not isinstance(manifest, list):
        raise BadRequest("invalid archive: manifest.json is not a list")
    return [_from_manifest(table, entry) for entry in manifest]


def _from_manifest(table: Table, entry: object) -> Wanted:
    if not isinstance(entry, dict) or not isinstance(entry.get("Config"), str):
        raise BadRequest("invalid archive: an entry of manifest.json names no configuration")
    names, tags = entry.get("Layers") or [], entry.get("RepoTags") or []
    if not isinstance(names, list) or not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise BadRequest("invalid archive: an entry of manifest.json is malformed")
    data = table.read(entry["Config"], documents.LARGEST)
    return _wanted(data, tuple(table.find(name) for name in names), tags)


def _wanted(data: bytes, places: tuple[tuple[int, int], ...], tags: list[str]) -> Wanted:
    document = documents.parse(data)
    expected = len(document["rootfs"]["diff_ids"])
    if expected != len(places):
        raise BadRequest(f"invalid manifest, layers length mismatch: expected {expected}, got {len(places)}")
    return Wanted(data, document, places, tuple(reference.tagged(tag).familiar for tag in tags))


def _oci_layout(table: Table) -> list[Wanted]:
    index = _object(table.read("index.json", LARGEST_MANIFEST), "index.json")
    return [_from_oci(table, entry, depth=0) for entry in _entries(index, "manifests")]


def _from_oci(table: Table, descriptor: JSON, *, depth: int) -> Wanted:
    data = _blob(table, descriptor, LARGEST_MANIFEST)
    manifest = _object(data, "manifest")
    if "manifests" in manifest:  # an index of platforms
        fitting = [one for one in _entries(manifest, "manifests") if _fits(one)]
        if not fitting or depth > 3:
            raise BadRequest("invalid archive: no image for linux on this machine")
        inner = {**fitting[0], "annotations": descriptor.get("annotations")}
        return _from_oci(table, inner, depth=depth + 1)
    config = manifest.get("config")
    if not isinstance(config, dict):
        raise BadRequest("invalid archive: a manifest has no configuration")
    places = tuple(table.find(_blob_name(one)) for one in _entries(manifest, "layers"))
    return _wanted(_blob(table, config, documents.LARGEST), places, _oci_names(descriptor))


def _oci_names(descriptor: JSON) -> list[str]:
    notes = descriptor.get("annotations")
    found = [notes[key] for key in _REF_NAMES if key in notes] if isinstance(notes, dict) else []
    return [name for name in found[:1] if isinstance(name, str)]


def _fits(entry: JSON) -> bool:
    machine = documents.architecture()
    platform = entry.get("platform")
    return not isinstance(platform, dict) or (platform.get("os"), platform.get("architecture")) == ("linux", machine)


def _entries(value: JSON, key: str) -> list[JSON]:
    entries = value.get(key) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadRequest(f"invalid archive: {key} is malformed")
    return entries


def _object(data: bytes, what: str) -> JSON:
    value = documents.read_json(data, what)
    if not isinstance(value, dict):
        raise BadRequest(f"invalid archive: {what} is not an object")
    return value


def _blob_name(descriptor: JSON) -> str:
    return f"blobs/{str(descriptor.get('digest')).replace(':', '/')}"


def _blob(table: Table, descriptor: JSON, limit: int) -> bytes:
    data = table.read(_blob_name(descriptor), limit)
    if digest_of(data) != descriptor.get("digest"):
        raise BadRequest("invalid archive: a blob does not match its digest")
    return data


async def _load_one(engine: Engine, file: int, wanted: Wanted, *, quiet: bool) -> AsyncIterator[JSON]:
    chains: list[str] = []
    try:
        for place, diff_id in zip(wanted.layers, wanted.document["rootfs"]["diff_ids"], strict=True):
            parent = chains[-1] if chains else ""
            chains.append(chain_id(parent, diff_id))
            if engine.layers.get(chains[-1]) is None:
                if not quiet:
                    yield _progress(diff_id, 0, place[1])
                await unpack(engine, file, place, parent=parent, diff_id=diff_id)
                if not quiet:
                    yield _progress(diff_id, place[1], place[1])
        identity = engine.images.add(wanted.data)
    except BaseException:  # a refusal, a full disk, a client that left: what no image needs goes again
        engine.images.drop_layers(chains)
        raise
    for line in _name_it(engine, identity, wanted.tags):
        yield line


async def unpack(engine: Engine, file: int, place: tuple[int, int], *, parent: str, diff_id: str = "") -> Layer:
    """Unpack a part of a file as a layer upon `parent`; `diff_id`, when given, is what it has to be."""
    folder = engine.layers.begin()
    root = [*transfers.root(folder / "diff")]
    where = {"offset": place[0], "size": place[1]}
    try:
        with (folder / "pieces").open("wb", 0) as pieces:
            files = {"in": file, "pieces": pieces.fileno()}
            work = {"op": "call", "function": "unpack", "arguments": {"whiteouts": True, **where}}
            done = await transfers.call(engine.archivist, [*root, work], files)
            if diff_id and done["diff_id"] != diff_id:
                raise BadRequest(f'invalid diffID for layer: expected "{diff_id}", got "{done["diff_id"]}"')
            if done["irregular"]:
                pieces.truncate(0)
                pieces.seek(0)
                again = {"op": "call", "function": "verbatim", "arguments": where}
                await transfers.call(engine.archivist, [*root, again], files)
        return engine.layers.finish(
            folder, parent=parent, diff_id=done["diff_id"], size=done["size"], tar_size=done["tar_size"]
        )
    except BaseException:
        engine.remove_later(folder)
        raise


def _progress(diff_id: str, current: int, total: int) -> JSON:
    return {"status": "Loading layer", "progressDetail": {"current": current, "total": total},
            "id": diff_id.removeprefix("sha256:")[:12]}


def _name_it(engine: Engine, identity: str, tags: tuple[str, ...]) -> Iterator[JSON]:
    for tag in tags:
        before = engine.images.refs.get(tag)
        if before not in (None, identity):
            yield {"stream": f"The image {tag} already exists, renaming the old one with ID {before} to empty string\n"}
        engine.images.name(identity, tag)
        yield {"stream": f"Loaded image: {tag}\n"}
    if not tags:
        yield {"stream": f"Loaded image ID: {identity}\n"}
    engine.events.publish("image", "load", identity, {"name": tags[0] if tags else identity})
