"""Names of images: tags and digests, each pointing to an image id. One small file, written whole."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from . import atomic

log = logging.getLogger(__name__)


class Refs:
    """A mapping "repository:tag" or "repository@sha256:…" -> image id, on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copy = path.with_name(f"{path.name}.copy")  # a name cannot be worked out from anything else
        found = _read(path)
        self._ids = (_read(self._copy) or {}) if found is None else found

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
        data = json.dumps(ids, indent=1).encode()
        atomic.write(self._path, data)
        self._ids = ids
        try:
            atomic.write(self._copy, data)
        except OSError as error:
            log.warning("%s is out of date: %s", self._copy, error)


def _read(path: Path) -> dict[str, str] | None:
    """Read one file of names; None when it is missing or damaged."""
    try:
        data = json.loads(path.read_bytes())
        return {str(name): str(identity) for name, identity in data.items()}
    except FileNotFoundError:
        return None
    except (ValueError, AttributeError) as error:
        log.error("%s is damaged: %s", path, error)
        return None
