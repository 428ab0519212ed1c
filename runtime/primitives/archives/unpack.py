"""Unpack an archive below this process's root: a layer, or what `docker cp` brings."""

from __future__ import annotations

import os
import posixpath
import shutil
import stat
import tarfile
from typing import Any

from . import pieces
from .refusal import Refusal
from .source import Source, Window, plain

JSON = dict[str, Any]
WHITEOUT = ".wh."
OPAQUE_MARK = ".wh..wh..opq"
_XATTR = "SCHILY.xattr."
_OURS = "trusted.overlay."  # the kernel's notes on a layer: never an archive's to set


def unpack(
    files: dict[str, int],
    *,
    target: str = "/",
    whiteouts: bool = False,
    keep_kinds: bool = False,
    offset: int | None = None,
    size: int | None = None,
) -> JSON:
    """Unpack the archive on the descriptor `in` (all of it, or a part of a file) into the folder `target`.

    With `pieces` among the descriptors, how to rebuild the archive is written there; `irregular` then says that
    the pieces are not enough: an entry was replaced by a later one of the same archive. `whiteouts` makes it a
    layer of an overlay; `keep_kinds` refuses to put a file in the place of a folder, or a folder in a file's.
    """
    writer = pieces.Writer(files["pieces"]) if "pieces" in files else None
    stream = plain(Window(files["in"], offset, size))
    source = Source(stream, writer.raw if writer else None, hashed=writer is not None or whiteouts)
    base = os.path.realpath(target).rstrip("/")
    unpacker = Unpacker(source, base=base, pieces=writer, whiteouts=whiteouts, keep_kinds=keep_kinds)
    unpacker.run()
    if writer is not None:
        writer.close()
    return {
        "diff_id": source.digest(),
        "tar_size": source.tell(),
        "size": unpacker.size,
        "irregular": unpacker.irregular,
    }


def verbatim(files: dict[str, int], *, offset: int, size: int) -> JSON:
    """Keep the whole archive as pieces, for one whose files do not tell all of it."""
    writer = pieces.Writer(files["pieces"])
    Source(plain(Window(files["in"], offset, size)), writer.raw).rest()
    writer.close()
    return {}


def clean(name: str) -> str:
    """Give a name as an absolute path without dots; "/" for the root itself."""
    return posixpath.normpath("/" + name.lstrip("/"))


class Unpacker:
    """Places one entry after the other."""

    def __init__(
        self,
        source: Source,
        *,
        base: str,
        pieces: pieces.Writer | None,
        whiteouts: bool,
        keep_kinds: bool,
    ) -> None:
        self.source, self.base, self.pieces = source, base, pieces
        self.whiteouts, self.keep_kinds = whiteouts, keep_kinds
        self.size = 0
        self.irregular = False
        self._parents: set[str] = set()
        self._times: dict[str, int] = {}  # of folders: set last, because filling a folder changes its time

    def run(self) -> None:
        """Unpack everything."""
        with tarfile.TarFile(fileobj=self.source, encoding="utf-8", errors="surrogateescape") as tar:  # type: ignore[arg-type]
            while (entry := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]
                self._place(entry)
                self.source.seek(tar.offset)
        self.source.rest()
        for path, moment in reversed(self._times.items()):
            os.utime(path, ns=(moment, moment), follow_symlinks=False)

    def _place(self, entry: tarfile.TarInfo) -> None:
        path = (self.base + clean(entry.name)).rstrip("/") or "/"
        self._need_parent(posixpath.dirname(path))
        name = posixpath.basename(path)
        if self.whiteouts and name.startswith(WHITEOUT):
            self._whiteout(posixpath.dirname(path), name)
        elif entry.isdir():
            self._folder(path, entry)
        elif entry.isreg() or entry.type not in tarfile.SUPPORTED_TYPES:
            self._file(path, entry)
        else:
            self._special(path, entry)

    def _need_parent(self, parent: str) -> None:
        if parent in self._parents:
            return
        os.makedirs(parent, 0o755, exist_ok=True)
        if os.path.realpath(parent) == parent:
            self._parents.add(parent)
        else:  # reached through a link: a later entry may point it elsewhere
            self.irregular = True

    def _whiteout(self, parent: str, name: str) -> None:
        if name == OPAQUE_MARK:
            os.setxattr(parent, "trusted.overlay.opaque", b"y")
            return
        if name.startswith(".wh..wh."):  # other marks of the old aufs store
            return
        gone = name.removeprefix(WHITEOUT)
        if gone in ("", ".", ".."):
            raise Refusal(f"invalid whiteout: {name}")
        path = posixpath.join(parent, gone)
        if not os.path.lexists(path):
            os.mknod(path, stat.S_IFCHR, 0)

    def _folder(self, path: str, entry: tarfile.TarInfo) -> None:
        try:
            os.mkdir(path)
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                self._clear(path, folder=True)
                os.mkdir(path)
        self._finish(path, entry)
        self._times[path] = _moment(entry)

    def _file(self, path: str, entry: tarfile.TarInfo) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            fd = os.open(path, flags, 0o600)
        except FileExistsError:
            self._clear(path, folder=False)
            fd = os.open(path, flags, 0o600)
        try:
            if entry.sparse is not None:
                self._fill_sparse(fd, entry)
            else:
                self._fill(fd, path, entry.size)
            self._finish(path, entry, fd)
        finally:
            os.close(fd)
        self.size += entry.size

    def _fill(self, fd: int, path: str, size: int) -> None:
        if size and self.pieces is not None:
            self.pieces.file(path, size)
        for data in self.source.payload(size):
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view) :]

    def _fill_sparse(self, fd: int, entry: tarfile.TarInfo) -> None:
        """Holes stay holes; the archive's bytes are not the file's, so they are kept among the raw ones."""
        assert entry.sparse is not None
        spans: list[tuple[int, int]] = entry.sparse  # type: ignore[assignment]
        for offset, length in spans:
            while length:
                data = self.source.read(min(length, 1 << 20))
                if not data:
                    raise Refusal("unexpected EOF")
                os.pwrite(fd, data, offset)
                offset, length = offset + len(data), length - len(data)
        os.ftruncate(fd, entry.size)

    def _special(self, path: str, entry: tarfile.TarInfo) -> None:
        if os.path.lexists(path) and not entry.islnk():
            self._clear(path, folder=False)
        if entry.issym():
            os.symlink(entry.linkname, path)
        elif entry.islnk():
            self._link(path, entry)
            return
        elif entry.isfifo():
            os.mkfifo(path)
        else:
            kind = stat.S_IFBLK if entry.isblk() else stat.S_IFCHR
            os.mknod(path, kind | 0o600, os.makedev(entry.devmajor, entry.devminor))
        self._finish(path, entry)

    def _link(self, path: str, entry: tarfile.TarInfo) -> None:
        target = self.base + clean(entry.linkname)
        if not os.path.lexists(target):
            raise Refusal(f"link {entry.linkname} {entry.name}: no such file or directory")
        if os.path.lexists(path):
            if os.path.samestat(os.lstat(path), os.lstat(target)):
                return
            self._clear(path, folder=False)
        os.link(target, path, follow_symlinks=False)

    def _clear(self, path: str, *, folder: bool) -> None:
        """Make room for an entry where something else stands."""
        there = stat.S_ISDIR(os.lstat(path).st_mode)
        if self.keep_kinds and there != folder:
            kinds = ("non-directory", "directory") if folder else ("directory", "non-directory")
            raise Refusal(f'cannot overwrite {kinds[0]} "{path}" with {kinds[1]} "{path}"')
        if path == "/":
            raise Refusal("invalid archive: its root is not a directory")
        if there:
            shutil.rmtree(path)
            self._times = {one: at for one, at in self._times.items() if not f"{one}/".startswith(f"{path}/")}
        else:
            os.unlink(path)
        self._parents.clear()
        self.irregular = True

    def _finish(self, path: str, entry: tarfile.TarInfo, fd: int | None = None) -> None:
        """Set owner, mode, attributes and time, in this order: chown(2) clears the set-user-id bit."""
        place: str | int = path if fd is None else fd
        links: dict[str, Any] = {} if fd is not None else {"follow_symlinks": False}
        os.chown(place, entry.uid, entry.gid, **links)
        if not entry.issym():
            os.chmod(place, entry.mode & 0o7777)
        for key, value in entry.pax_headers.items():
            if key.startswith(_XATTR) and not key.startswith(_XATTR + _OURS):
                _set_attribute(place, key.removeprefix(_XATTR), value, links)
        moment = _moment(entry)
        os.utime(place, ns=(moment, moment), **links)


def _set_attribute(place: str | int, name: str, value: str, links: dict[str, Any]) -> None:
    try:
        os.setxattr(place, name, value.encode("utf-8", "surrogateescape"), **links)
    except OSError:
        return  # the file system has no such attributes (Docker goes on too); a malformed capability grants nothing


def _moment(entry: tarfile.TarInfo) -> int:
    whole, _, fraction = str(entry.pax_headers.get("mtime", entry.mtime)).partition(".")
    try:
        return max(-(2**31), min(int(whole), 2**33)) * 10**9 + int((fraction or "0").ljust(9, "0")[:9])
    except ValueError:
        return 0
