"""Write a file tree as a tar stream, as Docker does: sorted, pax headers, whole seconds."""

from __future__ import annotations

import os
import stat
import tarfile
from typing import Any

JSON = dict[str, Any]
_BLOCK = 512
_KINDS = {
    stat.S_IFDIR: tarfile.DIRTYPE,
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    stat.S_IFBLK: tarfile.BLKTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
    stat.S_IFREG: tarfile.REGTYPE,
}


def pack(
    files: dict[str, int], *, path: str = "/", name: str = "", overlay: bool = False, same_device: bool = False
) -> JSON:
    """Write `path` to the descriptor `out`, its entries named below `name` ("" for what is in the folder only).

    With `overlay` it is the writable folder of an overlay mount, and marks of deletion become `.wh.` files; with
    `same_device` what is mounted below it is packed as empty files and folders.
    """
    packer = Packer(files["out"], layer=overlay, device=os.lstat(path).st_dev if same_device else None)
    packer.tree(path, name)
    packer.end()
    return {}


class Packer:
    """Packs below one folder into `out`.

    `layer`: overlayfs's marks of deletion become `.wh.` files. `device`: folders and files of other file systems
    (mounts) are packed as empty ones.
    """

    def __init__(self, out: int, *, layer: bool = False, device: int | None = None) -> None:
        self.out, self.layer, self.device = out, layer, device
        self._links: dict[tuple[int, int], str] = {}

    def tree(self, path: str, name: str) -> None:
        """Pack `path` and all below it; entries are named `name`/… ("" packs what is in the folder only)."""
        waiting = [(path, name)]
        while waiting:
            here, called = waiting.pop()
            try:
                status = os.lstat(here)
            except FileNotFoundError:
                continue  # deleted meanwhile
            if called:
                self._entry(here, called, status)
            if stat.S_ISDIR(status.st_mode) and self.device in (None, status.st_dev):
                prefix = f"{called.rstrip('/')}/" if called else ""
                names = sorted(os.listdir(here), reverse=True)
                waiting += [(f"{here.rstrip('/')}/{one}", prefix + one) for one in names]

    def end(self) -> None:
        """Write the two empty blocks that end an archive."""
        self._write(bytes(2 * _BLOCK))

    def _entry(self, path: str, name: str, status: os.stat_result) -> None:
        kind = stat.S_IFMT(status.st_mode)
        if kind not in _KINDS:
            return  # sockets have no place in an archive
        if self.layer and kind == stat.S_IFCHR and status.st_rdev == 0:
            self._mark(os.path.join(os.path.dirname(name), f".wh.{os.path.basename(name)}"), status)
            return
        entry = self._header(path, name, status, kind)
        if entry.type == tarfile.REGTYPE:
            self._file(path, entry, status)
            return
        self._put(entry)
        if self.layer and kind == stat.S_IFDIR and _attribute(path, "trusted.overlay.opaque") == b"y":
            self._mark(f"{name.rstrip('/')}/.wh..wh..opq", status)

    def _header(self, path: str, name: str, status: os.stat_result, kind: int) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(name)  # a folder's slash is added by tarfile
        entry.type, entry.mode = _KINDS[kind], stat.S_IMODE(status.st_mode)
        entry.uid, entry.gid, entry.mtime = status.st_uid, status.st_gid, int(status.st_mtime)
        if kind == stat.S_IFLNK:
            entry.linkname = os.readlink(path)
        elif kind in (stat.S_IFCHR, stat.S_IFBLK):
            entry.devmajor, entry.devminor = os.major(status.st_rdev), os.minor(status.st_rdev)
        elif kind == stat.S_IFREG:
            self._regular(path, name, status, entry)
        return entry

    def _regular(self, path: str, name: str, status: os.stat_result, entry: tarfile.TarInfo) -> None:
        identity = (status.st_dev, status.st_ino)
        if status.st_nlink > 1 and identity in self._links:
            entry.type, entry.linkname = tarfile.LNKTYPE, self._links[identity]
            return
        if status.st_nlink > 1:
            self._links[identity] = name
        entry.size = status.st_size if self.device in (None, status.st_dev) else 0
        if capability := _attribute(path, "security.capability"):
            entry.pax_headers = {"SCHILY.xattr.security.capability": capability.decode("utf-8", "surrogateescape")}

    def _file(self, path: str, entry: tarfile.TarInfo, status: os.stat_result) -> None:
        """Send a file's bytes; one that shrinks meanwhile is filled up, or the archive would be broken."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            if entry.size:
                raise
            self._put(entry)
            return
        try:
            self._put(entry)
            left = entry.size
            while left and (sent := self._send(fd, left)):
                left -= sent
        finally:
            os.close(fd)
        self._fill(left + -entry.size % _BLOCK)

    def _send(self, fd: int, left: int) -> int:
        try:
            return os.sendfile(self.out, fd, None, min(left, 1 << 30))
        except BrokenPipeError:
            raise
        except OSError:  # a file system without splice(2)
            data = os.read(fd, min(left, 1 << 20))
            self._write(data)
            return len(data)

    def _fill(self, count: int) -> None:
        while count:
            part = min(count, 1 << 20)
            self._write(bytes(part))
            count -= part

    def _mark(self, name: str, status: os.stat_result) -> None:
        entry = tarfile.TarInfo(name)
        entry.mode, entry.mtime = 0, int(status.st_mtime)
        self._put(entry)

    def _put(self, entry: tarfile.TarInfo) -> None:
        self._write(entry.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.out, view) :]


def _attribute(path: str, name: str) -> bytes:
    try:
        return os.getxattr(path, name, follow_symlinks=False)
    except OSError:
        return b""
