"""Docker archives: what `docker load` reads and `docker save` writes.

A tar file with manifest.json (which configuration and which layers make up which tags), one JSON configuration per
image, named by its digest, and one tar file per layer. Images of one archive share the layers they have in common.
"""
from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# One date for everything: building the same thing again gives the same image id.
EPOCH = 1793491200
CREATED = "2026-11-01T00:00:00Z"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Layer:
    """An uncompressed layer on disk and the sentence that `docker history` shows for it."""

    path: Path
    made_by: str

    @property
    def diff_id(self) -> str:
        """Return the digest of the uncompressed tar file."""
        with self.path.open("rb") as file:
            return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Image:
    """One image of an archive: its tags, its layers, what it runs, what it honestly is."""

    tags: tuple[str, ...]
    layers: tuple[Layer, ...]
    command: tuple[str, ...]
    description: str
    stand_in: bool = True

    def labels(self) -> dict[str, str]:
        """Return the labels that say what this image is."""
        prefix = "org.opencontainers.image"
        labels = {f"{prefix}.title": self.tags[0], f"{prefix}.description": self.description}
        return labels | {"docklab.course": "stand-in" if self.stand_in else "own"}

    def config(self, machine: str) -> dict[str, Any]:
        """Return the image configuration (OCI image spec, config.md)."""
        history: list[dict[str, Any]] = [{"created": CREATED, "created_by": layer.made_by} for layer in self.layers]
        history.append({"created": CREATED, "created_by": f"CMD {json.dumps(self.command)}", "empty_layer": True})
        return {
            "architecture": ARCHITECTURES[machine], "os": "linux", "created": CREATED, "author": "docklab",
            "config": {"Cmd": list(self.command), "Env": [PATH], "Labels": self.labels()},
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in self.layers]},
            "history": history,
        }


class Tree:
    """A layer under construction: files written to a tar file in the order they are named."""

    def __init__(self, path: Path) -> None:
        """Start an empty layer at `path`."""
        self.path = path
        self._tar = tarfile.open(path, "w", format=tarfile.GNU_FORMAT)  # noqa: SIM115 - closed by `layer`

    def folder(self, name: str, mode: int = 0o755) -> None:
        """Add a folder."""
        self._add(name, mode, tarfile.DIRTYPE)

    def file(self, name: str, data: bytes, mode: int = 0o644) -> None:
        """Add a regular file."""
        self._add(name, mode, tarfile.REGTYPE, data)

    def link(self, name: str, target: str) -> None:
        """Add a symbolic link."""
        self._add(name, 0o777, tarfile.SYMTYPE, link=target)

    def layer(self, made_by: str) -> Layer:
        """Finish the tar file and return it as a layer."""
        self._tar.close()
        return Layer(self.path, made_by)

    def _add(self, name: str, mode: int, kind: bytes, data: bytes = b"", link: str = "") -> None:
        info = tarfile.TarInfo(name)
        info.mode, info.type, info.size, info.linkname, info.mtime = mode, kind, len(data), link, EPOCH
        self._tar.addfile(info, io.BytesIO(data))


def write(path: Path, images: Sequence[Image], machine: str) -> None:
    """Write the archive of `images` to `path`, whole or not at all."""
    part = path.with_suffix(".part")
    with tarfile.open(part, "w", format=tarfile.GNU_FORMAT) as tar:
        for layer in {layer.path: layer for image in images for layer in image.layers}.values():
            tar.add(layer.path, _layer_name(layer), filter=_anonymous)
        _text(tar, "manifest.json", json.dumps([_entry(tar, image, machine) for image in images]))
    os.replace(part, path)


def _entry(tar: tarfile.TarFile, image: Image, machine: str) -> dict[str, Any]:
    config = json.dumps(image.config(machine), indent=1)
    name = hashlib.sha256(config.encode()).hexdigest() + ".json"
    _text(tar, name, config)
    return {"Config": name, "RepoTags": list(image.tags), "Layers": [_layer_name(layer) for layer in image.layers]}


def _layer_name(layer: Layer) -> str:
    return f"{layer.diff_id.removeprefix('sha256:')}/layer.tar"


def _text(tar: tarfile.TarFile, name: str, text: str) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(text.encode()), EPOCH
    tar.addfile(info, io.BytesIO(text.encode()))


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = EPOCH
    return info
