"""Files going into and out of containers: `docker cp`, `docker export`, `docker diff`.

A helper enters the container's own view: the mount namespace of one that runs; for one that does not, the same
overlay and volumes mounted in a namespace of the helper's own. Paths are resolved there, so a link in the container
leads nowhere else.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest, Forbidden, NotFound
from ..model.container import Container
from ..primitives import layers
from . import clock, transfers

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]

# Go's os.FileMode bits of what the kernel keeps elsewhere (pkg.go.dev/io/fs#FileMode)
_GO_KINDS = {
    stat.S_IFDIR: 1 << 31,
    stat.S_IFLNK: 1 << 27,
    stat.S_IFBLK: 1 << 26,
    stat.S_IFIFO: 1 << 25,
    stat.S_IFSOCK: 1 << 24,
    stat.S_IFCHR: 1 << 26 | 1 << 21,
}
_GO_BITS = {stat.S_ISUID: 1 << 23, stat.S_ISGID: 1 << 22, stat.S_ISVTX: 1 << 20}


def go_mode(mode: int) -> int:
    """Turn a mode of stat(2) into Go's os.FileMode, which the API speaks."""
    value = mode & 0o777 | _GO_KINDS.get(stat.S_IFMT(mode), 0)
    for bit, go in _GO_BITS.items():
        value |= go if mode & bit else 0
    return value


class Archives:
    """The verbs that read or write a container's files."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextlib.contextmanager
    def _inside(self, container: Container) -> Iterator[tuple[list[JSON], dict[str, int]]]:
        """Give the operations that enter the container's view of files, with their descriptors."""
        if container.state.running:
            process = os.pidfd_open(container.state.pid)
            try:
                yield [{"op": "join", "namespaces": ["mnt"], "file": "process"}], {"process": process}
            finally:
                os.close(process)
        else:
            yield self._mounted(container), {}

    def _mounted(self, container: Container) -> list[JSON]:
        folder = self.engine.containers.records.path(container.id)
        names = self.engine.layers.short_names(self.engine.images.lowers(self.engine.images.find(container.image)))
        options = layers.options(names, str(folder / "upper"), str(folder / "work"))
        volumes = [
            {"op": "bind", "source": one.source, "target": one.destination, "writable": one.writable}
            for one in sorted(container.mounts, key=lambda one: one.destination.count("/"))
            if one.kind != "tmpfs" and os.path.exists(one.source)
        ]
        return [
            {"op": "unshare", "namespaces": ["mnt"]},
            {"op": "propagate", "path": "/", "mode": "rslave"},
            {
                "op": "overlay",
                "options": options,
                "folder": str(self.engine.layers.folder),
                "target": str(folder / "merged"),
            },
            *volumes,
            {"op": "chroot"},
        ]

    async def _look(self, container: Container, path: str) -> JSON:
        with self._inside(container) as (operations, files):
            call = {"op": "call", "function": "look", "arguments": {"path": _absolute(path)}}
            found: JSON = await transfers.call(self.engine.archivist, [*operations, call], files)
        if "missing" in found:
            raise NotFound(f"Could not find the file {path} in container {container.name}")
        return found

    async def stat(self, container: Container, path: str) -> JSON:
        """Describe a path in Docker's shape: name, size, mode (Go's bits), mtime, linkTarget."""
        found = await self._look(container, path)
        if path.endswith("/") and not found["folder"]:
            raise BadRequest(f"extraction point is not a directory: {path}")
        return {
            "name": found["name"],
            "size": found["size"],
            "mode": go_mode(found["mode"]),
            "mtime": clock.rfc3339(found["mtime_ns"]),
            "linkTarget": found["link"],
        }

    async def get(self, container: Container, path: str) -> tuple[JSON, AsyncIterator[bytes]]:
        """Give a path as a tar, with its description."""
        described = await self.stat(container, path)
        whole = os.path.basename(path.rstrip("/")) in ("", ".")
        name = "." if whole else described["name"]
        return described, self._pack(container, _absolute(path), name)

    async def _pack(self, container: Container, path: str, name: str) -> AsyncIterator[bytes]:
        call = {"op": "call", "function": "pack", "arguments": {"path": path, "name": name}}
        with self._inside(container) as (operations, files):
            async for data in transfers.drain(self.engine, self.engine.archivist, [*operations, call], files):
                yield data

    def export(self, container: Container) -> AsyncIterator[bytes]:
        """Give the container's whole root, without what is mounted into it."""
        operations = self._mounted(container)
        operations = [one for one in operations if one["op"] != "bind"]
        if container.state.running:  # its writable folder is in use by its own mount: look at that one
            return self._pack_running(container)
        call = {"op": "call", "function": "pack", "arguments": {}}
        return transfers.drain(self.engine, self.engine.archivist, [*operations, call])

    async def _pack_running(self, container: Container) -> AsyncIterator[bytes]:
        call = {"op": "call", "function": "pack", "arguments": {"same_device": True}}
        with self._inside(container) as (operations, files):
            async for data in transfers.drain(self.engine, self.engine.archivist, [*operations, call], files):
                yield data

    async def put(
        self,
        container: Container,
        path: str,
        stream: AsyncIterator[bytes],
        *,
        no_overwrite_dir_non_dir: bool = False,
        copy_uid_gid: bool = False,
    ) -> None:
        """Unpack a tar into a folder of the container."""
        found = await self._look(container, path)
        if not found["folder"]:
            raise BadRequest(f"extraction point is not a directory: {path}")
        self._check_writable(container, _absolute(path))
        del copy_uid_gid  # owners come as they are in the archive: the client has set them
        arguments = {"target": _absolute(path), "keep_kinds": no_overwrite_dir_non_dir}
        call = {"op": "call", "function": "unpack", "arguments": arguments}
        with self._inside(container) as (operations, files):
            await transfers.feed(self.engine.archivist, [*operations, call], stream, files)
        self.engine.containers.announce(container, "extract-to-dir", {"path": path})

    def _check_writable(self, container: Container, path: str) -> None:
        over = [one for one in container.mounts if path == one.destination or path.startswith(f"{one.destination}/")]
        if over:
            if not max(over, key=lambda one: len(one.destination)).writable:
                raise Forbidden("mounted volume is marked read-only")
        elif container.host["ReadonlyRootfs"]:
            raise Forbidden("container rootfs is marked read-only")

    async def changes(self, container: Container) -> list[JSON]:
        """List what differs from the image, as `docker diff`: Kind 0 changed, 1 added, 2 deleted."""
        upper = str(self.engine.containers.records.path(container.id) / "upper")
        lowers = [str(one) for one in self.engine.images.lowers(self.engine.images.find(container.image))]
        found = await self.engine.in_thread(layers.changes, upper, lowers)
        hidden = _mount_points(container)
        kept = [change for change in found if change.path not in hidden]
        # A folder that is listed only because a mount point was made in it has not changed for the user either.
        parents = [os.path.dirname(change.path) for change in kept]
        touched = {os.path.dirname(change.path) for change in found if change.path in hidden}.difference(parents)
        return [
            {"Path": change.path, "Kind": "CAD".index(change.kind)}
            for change in kept
            if change.kind != "C" or change.path not in touched
        ]


def _mount_points(container: Container) -> set[str]:
    """Empty files and folders that exist only because something is mounted there are no changes of the user's."""
    made = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/.dockerenv"}
    return made | {path for root in ("/dev", "/proc", "/sys") for path in (root, f"{root}/pts", f"{root}/shm")} - {
        one.destination for one in container.mounts
    }


def _absolute(path: str) -> str:
    return os.path.normpath(f"/{path}")

