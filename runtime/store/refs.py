"""Names of images: tags and digests, each pointing to an image id. One small file, written whole."""

from __future__ import annotations

import json
from pathlib import Path

from . import atomic


class Refs:
    """A mapping "repository:tag" or "repository@sha256:…" -> image id, on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: dict[str, str] = json.loads(path.read_bytes()) if path.exists() else {}

    def get(self, name: str) -> str | None:
        """Give the id behind a full name."""
        return self._ids.get(name)

    def of(self, identity: str) -> list[str]:
        """List the names of an image, in order."""
        return sorted(name for name, one in self._ids.items() if one == identity)

    def names(self) -> list[str]:
        """List all names."""
        return sorted(self._ids)

    def set(self, name: str, identity: str) -> None:
        """Point a name to an image."""
        self._keep({**self._ids, name: identity})

    def remove(self, name: str) -> None:
        """Forget a name."""
        self._keep({one: identity for one, identity in self._ids.items() if one != name})

    def _keep(self, ids: dict[str, str]) -> None:
        atomic.write(self._path, json.dumps(ids, indent=1).encode())
        self._ids = ids
