"""Finding containers: by name, by id, by the beginning of an id."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..errors import BadRequest, NotFound
from ..model import encoding
from ..model.container import Container
from ..store.records import Records
from .runs import Run, Waiters

if TYPE_CHECKING:
    from .engine import Engine


class Catalog:
    """The containers there are.

    Design note. Source of truth: the records. `_runs` holds what exists only while a container runs and is rebuilt
    after a restart from the monitors; `_verbs` are the locks that keep two verbs on one container apart. A lock is
    held while the kernel is asked to do things, never while a user's process is waited for.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.records: Records[Container] = Records(
            engine.settings.data_root / "containers",
            encode=encoding.container_out,
            decode=encoding.container_in,
            lasting=lambda container: not container.host["AutoRemove"],  # --rm: a power cut only removes it sooner
        )
        self.waiters = Waiters()
        self._runs: dict[str, Run] = {}
        self._verbs: dict[str, asyncio.Lock] = {}
        self._names: dict[str, str] = {}  # name -> id, also of names that are being created

    def load(self) -> None:
        """Read the records."""
        self.records.load()
        self._names = {container.name: container.id for container in self.records}

    def all(self) -> list[Container]:
        """List all containers, newest first."""
        return sorted(self.records, key=lambda container: container.created, reverse=True)

    def __iter__(self) -> Iterator[Container]:
        return iter(self.records)

    def find(self, ref: str) -> Container:
        """Find a container by id, name or unique beginning of its id."""
        found = self.records.get(ref) or self.records.get(self._names.get(ref.removeprefix("/"), ""))
        if found is not None:
            return found
        if not ref:
            raise BadRequest("No container name or ID supplied")
        matches = [container for container in self.records if container.id.startswith(ref)]
        if len(matches) > 1:
            raise BadRequest(f"Multiple IDs found with provided prefix: {ref}")
        if not matches:
            raise NotFound(f"No such container: {ref}")
        return matches[0]

    def run_of(self, identity: str) -> Run | None:
        """Give what exists of a container only while it runs."""
        return self._runs.get(identity)

    def lock(self, identity: str) -> asyncio.Lock:
        """Give the lock that keeps verbs on one container apart."""
        return self._verbs.setdefault(identity, asyncio.Lock())

    def announce_resources(self, container: Container, *, taken: bool) -> None:
        """Publish that a container took its networks and volumes, or gave them back."""
        for name, end in container.endpoints.items():
            driver = self.engine.networks.find(name).driver
            attributes = {"container": container.id, "name": name, "type": driver}
            self.engine.events.publish("network", "connect" if taken else "disconnect", end.network_id, attributes)
        for mount in container.mounts:
            if mount.kind != "volume":
                continue
            attributes = {"container": container.id, "driver": mount.driver or "local"}
            if taken:
                attributes |= {"destination": mount.destination, "propagation": mount.propagation}
                attributes["read/write"] = str(mount.writable).lower()
            self.engine.events.publish("volume", "mount" if taken else "unmount", mount.name, attributes)

    def announce(self, container: Container, action: str, more: Mapping[str, str] | None = None) -> None:
        """Publish an event of a container, with the attributes Docker gives it."""
        labels = {key: str(value) for key, value in (container.config.get("Labels") or {}).items()}
        attributes = {**labels, "image": container.config.get("Image") or container.image, "name": container.name}
        self.engine.events.publish("container", action, container.id, {**attributes, **(more or {})})
