"""Bytes by their digest: image configurations. What is read is what was written, or it is an error."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..errors import NotFound
from . import atomic


def digest_of(data: bytes) -> str:
    """Give the digest of bytes, `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Blobs:
    """A folder of blobs, named by the hex digits of their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "sha256"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def add(self, data: bytes) -> str:
        """Keep bytes and give their digest."""
        digest = digest_of(data)
        path = self._path(digest)
        if not path.exists():
            atomic.write(path, data)
        return digest

    def read(self, digest: str) -> bytes:
        """Give a blob; NotFound when it is missing or no longer what its name says."""
        try:
            data = self._path(digest).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(f"blob {digest} not found") from error
        if digest_of(data) != digest:
            raise NotFound(f"blob {digest} is damaged")
        return data

    def all(self) -> list[str]:
        """List the digests."""
        return [f"sha256:{path.name}" for path in self.folder.iterdir() if not path.name.startswith(".")]

    def remove(self, digest: str) -> None:
        """Delete a blob."""
        self._path(digest).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self.folder / digest.removeprefix("sha256:")
