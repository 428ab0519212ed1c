"""Unpacked layers: one folder each, named by what it is upon what.

    layers/<hex of chain id>/diff/        its files
    layers/<hex of chain id>/layer.json   chain id, diff id, parent, size; written last: without it there is no layer
    layers/<hex of chain id>/pieces       how to make its exact tar again
    layers/l/<short> -> ../<hex>/diff     short names, because the options of a mount must fit into one page
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..model.image import Layer
from . import atomic

SHORT = 12  # hex digits of a short name

log = logging.getLogger(__name__)


def chain_id(parent: str, diff_id: str) -> str:
    """Give the id of a layer upon a parent (OCI image-spec `config.md`, ChainID)."""
    if not parent:
        return diff_id
    return "sha256:" + hashlib.sha256(f"{parent} {diff_id}".encode()).hexdigest()


class Layers:
    """The layers of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # set-user-id programs in layers are not for this machine's users (CVE-2021-41091)
        (folder / "l").mkdir(exist_ok=True)
        self._layers: dict[str, Layer] = {}
        for described in folder.glob("*/layer.json"):
            try:
                layer = Layer(**json.loads(described.read_bytes()))
            except (ValueError, TypeError) as error:
                log.error("layer %s is left out: %s", described.parent.name, error)
                continue
            self._layers[layer.chain_id] = dataclasses.replace(layer, folder=str(described.parent / "diff"))
        for folder_ in folder.iterdir():
            if folder_.name != "l" and not (folder_ / "layer.json").exists():
                shutil.rmtree(folder_, ignore_errors=True)  # an unpacking that was cut short

    def get(self, chain: str) -> Layer | None:
        """Give a layer, or None."""
        return self._layers.get(chain)

    def all(self) -> list[Layer]:
        """List the layers."""
        return list(self._layers.values())

    def begin(self) -> Path:
        """Make a folder to unpack into; `finish` makes it a layer, and a restart clears it away."""
        folder = self.folder / f"new-{secrets.token_hex(8)}"
        (folder / "diff").mkdir(parents=True, mode=0o755)
        return folder

    def finish(self, folder: Path, *, parent: str, diff_id: str, size: int, tar_size: int) -> Layer:
        """Make what was unpacked a layer; if there is one like it already that one stays."""
        chain = chain_id(parent, diff_id)
        if chain in self._layers:
            shutil.rmtree(folder, ignore_errors=True)
            return self._layers[chain]
        final = self.folder / chain.removeprefix("sha256:")
        layer = Layer(chain, diff_id, parent, size, tar_size, folder=str(final / "diff"))
        described = dataclasses.asdict(layer)
        del described["folder"]
        shutil.rmtree(final, ignore_errors=True)
        folder.rename(final)
        link = self.folder / "l" / final.name[:SHORT]
        link.unlink(missing_ok=True)
        link.symlink_to(f"../{final.name}/diff")
        atomic.write(final / "layer.json", json.dumps(described).encode())
        self._layers[chain] = layer
        return layer

    def remove(self, chain: str) -> None:
        """Delete a layer that no image uses."""
        self._layers.pop(chain, None)
        final = self.folder / chain.removeprefix("sha256:")
        (final / "layer.json").unlink(missing_ok=True)
        (self.folder / "l" / final.name[:SHORT]).unlink(missing_ok=True)
        shutil.rmtree(final, ignore_errors=True)

    def short_names(self, lowers: Sequence[Path]) -> list[str]:
        """Give the lower folders of a mount relative to `folder`."""
        return [f"l/{lower.parent.name[:SHORT]}" for lower in lowers]
