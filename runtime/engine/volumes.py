"""Volumes: folders that outlive containers.

Design note. Lock: none, every change is one step on the loop; copying into a new volume happens under the
container's own lock. Source of truth: the folders, `record.json` beside `_data`; who uses a volume is read from
the containers' records, so there is no count that could be wrong after a crash.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest, Conflict, EngineError, NotFound, Unsupported
from ..model.container import Container, Mount
from ..model.filters import Filters
from ..store import atomic
from . import clock, mounts

if TYPE_CHECKING:
    from .engine import Engine

log = logging.getLogger(__name__)
JSON = dict[str, Any]
Names = list[str]  # `list` is a verb below
Shown = list[JSON]

ANONYMOUS = "com.docker.volume.anonymous"


@dataclasses.dataclass(frozen=True, slots=True)
class Volume:
    """One volume; only its files change."""

    name: str
    created: str
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    driver: str = "local"
    options: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def anonymous(self) -> bool:
        """Whether it was made without a name of the user's."""
        return ANONYMOUS in self.labels


class Volumes:
    """All verbs on volumes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.folder: Path = engine.settings.data_root / "volumes"
        self._volumes: dict[str, Volume] = {}

    def load(self) -> None:
        """Read the volumes; a folder without a readable record keeps its files and is a volume again."""
        self.folder.mkdir(exist_ok=True, mode=0o711)
        for path in self.folder.iterdir():
            if not (path / "_data").is_dir():
                continue
            try:
                self._volumes[path.name] = Volume(**json.loads((path / "record.json").read_bytes()))
            except (OSError, ValueError, TypeError) as error:
                log.warning("record of volume %s made again: %s", path.name, error)
                self._volumes[path.name] = Volume(path.name, clock.now())

    def data(self, name: str) -> Path:
        """Give the folder with a volume's files."""
        return self.folder / name / "_data"

    def find(self, name: str) -> Volume:
        """Find a volume by its whole name."""
        if name not in self._volumes:
            raise NotFound(f"get {name}: no such volume")
        return self._volumes[name]

    def make(self, name: str, labels: dict[str, str] | None = None, *, driver: str = "local") -> Volume:
        """Give the volume `name`, making it where there is none; "" makes one with a name of its own."""
        if driver not in ("", "local"):
            raise NotFound(f'error looking up volume plugin {driver}: plugin "{driver}" not found')
        if name in self._volumes:
            return self._volumes[name]
        if not name:
            name, labels = secrets.token_hex(32), {**(labels or {}), ANONYMOUS: ""}
        volume = Volume(mounts.check_name(name), clock.now(), labels or {})
        try:
            (self.folder / name).mkdir(mode=0o711, exist_ok=True)
            self.data(name).mkdir(mode=0o755, exist_ok=True)
            atomic.write(self.folder / name / "record.json", json.dumps(dataclasses.asdict(volume)).encode())
        except OSError as error:
            raise EngineError(f"create {name}: {(error.strerror or str(error)).lower()}") from error
        self._volumes[name] = volume
        self.engine.events.publish("volume", "create", name, {"driver": "local"})
        return volume

    async def create(self, body: JSON) -> JSON:
        """Make a volume (POST /volumes/create); one of that name is given as it is."""
        if body.get("DriverOpts"):
            raise Unsupported("options of the local volume driver are not supported by this docklab")
        if body.get("ClusterVolumeSpec"):
            raise Unsupported("cluster volumes are not supported by docklab")
        volume = self.make(body.get("Name") or "", body.get("Labels"), driver=body.get("Driver") or "local")
        return self._shown(volume)

    def _shown(self, volume: Volume) -> JSON:
        return {
            "CreatedAt": re.sub(r"\.\d+", "", volume.created),
            "Driver": volume.driver,
            "Labels": volume.labels or None,
            "Mountpoint": str(self.data(volume.name)),
            "Name": volume.name,
            "Options": volume.options or None,
            "Scope": "local",
        }

    def inspect(self, name: str) -> JSON:
        """Show one volume."""
        return self._shown(self.find(name))

    def list(self, filters: Filters) -> Shown:
        """List the volumes that match."""
        filters.check(frozenset({"dangling", "driver", "label", "label!", "name"}))
        matching = (one for one in self._volumes.values() if self._matches(one, filters))
        return [self._shown(one) for one in sorted(matching, key=lambda one: one.name)]

    def _matches(self, volume: Volume, filters: Filters) -> bool:
        if "dangling" in filters and filters.flag("dangling", default=False) == bool(self._users(volume.name)):
            return False
        return (
            filters.exact("driver", volume.driver)
            and filters.search("name", volume.name)
            and filters.labelled(volume.labels)
        )

    def _users(self, name: str) -> Names:
        """Give the ids of the containers that have a volume, running or not."""
        records = self.engine.containers.records
        return [one.id for one in records if any(mount.name == name for mount in one.mounts)]

    async def remove(self, name: str, *, force: bool = False) -> None:
        """Remove a volume that no container has."""
        if name not in self._volumes and force:
            return
        volume = self.find(name)
        if users := self._users(name):
            raise Conflict(f"remove {name}: volume is in use - [{', '.join(users)}]")
        self._discard(volume)

    def _discard(self, volume: Volume) -> None:
        del self._volumes[volume.name]
        self.engine.remove_later(self.folder / volume.name)
        self.engine.events.publish("volume", "destroy", volume.name, {"driver": volume.driver})

    async def prune(self, filters: Filters) -> tuple[Names, int]:
        """Remove the volumes that no container has: those without a name of the user's, or all (`all=true`)."""
        filters.check(frozenset({"label", "label!", "all"}))
        every = filters.flag("all", default=False)
        removed, gained = [], 0
        for volume in list(self._volumes.values()):
            if (every or volume.anonymous) and filters.labelled(volume.labels) and not self._users(volume.name):
                gained += await self.engine.in_thread(_size, self.data(volume.name))
                self._discard(volume)
                removed.append(volume.name)
        return removed, gained

    async def usage(self) -> Shown:
        """List all volumes with their size and how many containers have them."""
        found = []
        for volume in list(self._volumes.values()):
            size = await self.engine.in_thread(_size, self.data(volume.name))
            usage = {"Size": size, "RefCount": len(self._users(volume.name))}
            found.append({**self._shown(volume), "UsageData": usage})
        return found

    def mounts(self, config: JSON, host: JSON, name: str) -> tuple[Mount, ...]:
        """Decide what is mounted into a new container and make the volumes it needs."""
        own = mounts.asked(host)
        for one in own:
            missing = one.kind == "bind" and not one.options.get("CreateMountpoint") and not os.path.exists(one.source)
            if missing:
                raise BadRequest(f'invalid mount config for type "bind": bind source path does not exist: {one.source}')
        found = {one.destination: one for one in self._of_others(host)} | {one.destination: one for one in own}
        for place in mounts.implied(config):
            found.setdefault(place, Mount("volume", "", place, driver="local"))
        return tuple(self._made(one) for one in found.values())

    def _of_others(self, host: JSON) -> Iterator[Mount]:
        """Give the mounts of the containers of --volumes-from."""
        for spec in host.get("VolumesFrom") or ():
            ref, writable = mounts.from_spec(spec)
            for one in self.engine.containers.find(ref).mounts:
                if one.kind != "tmpfs":
                    yield one if writable is None else dataclasses.replace(one, writable=one.writable and writable)

    def _made(self, mount: Mount) -> Mount:
        if mount.kind != "volume":
            return mount
        labels = mount.options.get("Labels")
        volume = self.make(mount.name, labels, driver=mount.driver)
        return dataclasses.replace(mount, name=volume.name, source=str(self.data(volume.name)), driver="local")

    async def ready(self, container: Container) -> None:
        """Make what is to be mounted ready: missing folders of -v, and the image's files for volumes that are empty."""
        for mount in container.mounts:
            if mount.kind == "bind" and mount.options.get("CreateMountpoint"):
                _make_folder(mount.source)
            elif mount.kind == "volume":
                if mount.name not in self._volumes:
                    self.make(mount.name)
                if not mount.options.get("NoCopy") and not any(os.scandir(mount.source)):
                    await self._copy_up(container, mount)

    async def _copy_up(self, container: Container, mount: Mount) -> None:
        lowers = self.engine.images.lowers(self.engine.images.find(container.image))
        if not any(_may_hold(str(lower), mount.destination) for lower in lowers):
            return
        empty = self.engine.containers.records.path(container.id) / "merged"  # overlay wants two layers at least
        operations: Shown = [
            {"op": "unshare", "namespaces": ["mnt"]},
            {"op": "propagate", "path": "/", "mode": "rprivate"},
            {
                "op": "overlay",
                "options": "lowerdir=" + ":".join([*self.engine.layers.short_names(lowers), str(empty)]),
                "folder": str(self.engine.layers.folder),
                "target": str(empty),
            },
            {"op": "chroot"},
            {"op": "call", "function": "copy_up", "arguments": {"path": mount.destination}},
        ]
        target = os.open(mount.source, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            await self.engine.spawner.call(operations, fds={"volume": target})
        finally:
            os.close(target)

    async def forget(self, container: Container) -> None:
        """Remove the volumes without a name that only this container had (`docker rm -v`, `--rm`)."""
        for mount in container.mounts:
            volume = self._volumes.get(mount.name) if mount.kind == "volume" else None
            if volume is not None and volume.anonymous:
                others = [one for one in self._users(volume.name) if one != container.id]
                if not others:
                    self._discard(volume)


def _make_folder(path: str) -> None:
    try:
        os.makedirs(path, mode=0o755, exist_ok=True)
    except FileExistsError:  # a file: that is fine for a bind
        return
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EngineError(f"error while creating mount source path '{path}': mkdir {path}: {reason}") from error


def _may_hold(lower: str, path: str) -> bool:
    """Say whether a layer may have something at `path`: looked at from outside, so no link is followed."""
    here = lower
    for part in path.strip("/").split("/"):
        here = f"{here}/{part}"
        if os.path.islink(here):
            return True
        if not os.path.lexists(here):
            return False
    return True


def _size(folder: Path) -> int:
    total = 0
    for path, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(f"{path}/{name}").st_size
    return total
