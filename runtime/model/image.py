"""An image: an immutable configuration over a stack of layers. Its id is the digest of its configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Image:
    """What the engine knows of one image. `document` is its configuration as in OCI image-spec `config.md`."""

    id: str  # sha256:…, digest of the configuration's bytes
    document: JSON  # architecture, os, created, config, rootfs, history
    size: int  # bytes of all its layers, unpacked
    layers: tuple[str, ...]  # chain ids, lowest first
    tags: tuple[str, ...] = ()  # familiar references, "busybox:latest"
    digests: tuple[str, ...] = ()  # "name@sha256:…"
    parent: str = ""  # image it was committed or built from on this machine

    @property
    def config(self) -> JSON:
        """The run-time defaults (Env, Cmd, Entrypoint, …)."""
        return dict(self.document.get("config") or {})


@dataclass(frozen=True, slots=True)
class Layer:
    """One unpacked layer on this machine."""

    chain_id: str  # sha256:…, digest of this layer upon all below it
    diff_id: str  # sha256:…, digest of its uncompressed tar
    parent: str  # chain id below it, "" for the lowest
    size: int  # bytes of the regular files in it
    tar_size: int  # bytes of its uncompressed tar
    folder: str = field(default="", compare=False)  # where its files are
