"""Archives: a layer is a tar file, and deletions are files named `.wh.…` in it.

    tar -C upper --xattrs -cf layer.tar .         pack
    tar -C diff --xattrs -xpf layer.tar           unpack

The functions of the table run as the last operation of a plan, in a process whose root is the folder they work on:
links in an archive or in a container lead nowhere else (chroot(2)), and nothing of the image is loaded by them, not
even its name service (tarfile's pwd and grp are switched off). Formats: tar(5), OCI image-spec `layer.md`, overlayfs
in the kernel's documentation.

A layer's digest is that of its tar, byte for byte. So unpacking writes `pieces`: the headers as they came and, in
place of each file's content, its name; `assemble` makes the same tar of them again.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import stat
import struct
import sys
import tarfile
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

JSON = dict[str, Any]
CHUNK = 1 << 20
WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
_XATTR = "SCHILY.xattr."
_PIECE = struct.Struct(">cQ")  # R raw bytes follow, F name of a file follows whose content stands here
_MAGIC: tuple[tuple[bytes, Callable[[IO[bytes]], Any]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", lambda file: bz2.BZ2File(file)),
    (b"\xfd7zXZ\0", lambda file: lzma.LZMAFile(file)),
    (b"\x28\xb5\x2f\xfd", lambda file: zstd.ZstdFile(file)),
)

tarfile.pwd = tarfile.grp = None  # type: ignore[attr-defined]


class BadArchive(Exception):
    """The archive is damaged or not one."""


def decompressed(raw: IO[bytes]) -> IO[bytes]:
    """Look at the first bytes and give the plain stream."""
    buffered = cast(Any, raw)
    head = buffered.peek(8)[:8]
    for magic, opened in _MAGIC:
        if head.startswith(magic):
            return cast(IO[bytes], opened(raw))
    return raw


class Source:
    """A tar stream that is read once: counts, hashes, and passes on what is not a file's content."""

    def __init__(self, file: IO[bytes], pieces: IO[bytes] | None) -> None:
        self._file, self._pieces = file, pieces
        self._at = 0
        self._raw: list[bytes] = []
        self.digest = hashlib.sha256()

    def _take(self, size: int) -> bytes:
        data = self._file.read(size)
        self._at += len(data)
        self.digest.update(data)
        return data

    def tell(self) -> int:
        """Give the position."""
        return self._at

    def seek(self, position: int) -> int:
        """Go forward; backwards is not possible."""
        if position < self._at:
            raise BadArchive("archive/tar: invalid tar header")
        while self._at < position:
            if not self.read(min(CHUNK, position - self._at)):
                break
        return self._at

    def read(self, size: int) -> bytes:
        """Read headers and padding."""
        data = self._take(size)
        if self._pieces is not None and data:
            self._raw.append(data)
        return data

    def content(self, name: str, size: int) -> Iterator[bytes]:
        """Read a file's content; in the pieces its name stands for it."""
        if self._pieces is not None:
            self.flush()
            encoded = os.fsencode(name)
            self._pieces.write(_PIECE.pack(b"F", len(encoded)) + encoded)
        left = size
        while left:
            data = self._take(min(CHUNK, left))
            if not data:
                raise BadArchive("unexpected EOF")
            left -= len(data)
            yield data

    def flush(self) -> None:
        """Write the raw bytes that have been collected."""
        if self._pieces is not None and self._raw:
            data = b"".join(self._raw)
            self._pieces.write(_PIECE.pack(b"R", len(data)) + data)
            self._raw.clear()

    def drain(self) -> None:
        """Read what comes after the end mark: it counts for the digest."""
        while self.read(CHUNK):
            pass
        self.flush()


def unpack(
    files: dict[str, int], *, target: str = "/", whiteouts: bool = False, keep_kinds: bool = False
) -> JSON:
    """Unpack the archive on the descriptor `in` into `target`; give its digest (`diff_id`) and the files' `size`.

    With `pieces` among the descriptors they are written there. BadArchive when it is damaged.
    """
    pieces = gzip.GzipFile(fileobj=os.fdopen(os.dup(files["pieces"]), "wb"), mode="wb", compresslevel=1, mtime=0) if (
        "pieces" in files
    ) else None
    source = Source(decompressed(os.fdopen(os.dup(files["in"]), "rb", CHUNK)), cast("IO[bytes] | None", pieces))
    unpacker = Unpacker(source, target, whiteouts=whiteouts, keep_kinds=keep_kinds)
    try:
        with tarfile.open(fileobj=cast(Any, source), mode="r:") as archive:
            for member in archive:
                archive.members = []  # type: ignore[attr-defined]
                unpacker.member(member)
        unpacker.finish()
        source.drain()
    except (tarfile.TarError, EOFError, lzma.LZMAError, zstd.ZstdError, gzip.BadGzipFile) as error:
        raise BadArchive(f"invalid tar archive: {error}") from error
    if pieces is not None:
        pieces.close()
    return {"diff_id": "sha256:" + source.digest.hexdigest(), "size": unpacker.size, "tar_size": source.tell()}


class Unpacker:
    """Make the members of one archive below `target`, a folder inside the root of this process."""

    def __init__(self, source: Source, target: str, *, whiteouts: bool, keep_kinds: bool) -> None:
        self.source, self.whiteouts, self.keep_kinds = source, whiteouts, keep_kinds
        self.target = os.path.realpath(target).rstrip("/")
        self.size = 0
        self._folders: list[tuple[str, int]] = []  # their times are set last: what is made in them changes these

    def member(self, member: tarfile.TarInfo) -> None:
        """Make one member."""
        path = self._place(member.name)
        folder, name = os.path.split(path)
        if path == (self.target or "/"):
            if member.isdir():
                self._attributes(path, member)
            return
        os.makedirs(folder, exist_ok=True)
        if self.whiteouts and name.startswith(WHITEOUT):
            self._whiteout(folder, name)
            return
        self._clear(path, member)
        self._make(path, member)
        if not member.islnk():
            self._attributes(path, member)

    def _place(self, name: str) -> str:
        """Give where a member goes: ".." and absolute names stay inside the target."""
        return os.path.normpath(self.target + os.path.normpath("/" + name)) if name.strip("/.") else self.target or "/"

    def _clear(self, path: str, member: tarfile.TarInfo) -> None:
        try:
            mode = os.lstat(path).st_mode
        except FileNotFoundError:
            return
        if self.keep_kinds and stat.S_ISDIR(mode) != member.isdir():
            kind = "directory" if member.isdir() else "non-directory"
            raise BadArchive(f'cannot overwrite {"directory" if stat.S_ISDIR(mode) else "non-directory"} "{path}" '
                             f'with {kind} "{self.target or "/"}"')
        if not stat.S_ISDIR(mode):
            os.unlink(path)
        elif not member.isdir():
            remove_tree(path)

    def _whiteout(self, folder: str, name: str) -> None:
        if name == OPAQUE:
            os.setxattr(folder, "trusted.overlay.opaque", b"y")
            return
        path = os.path.join(folder, name.removeprefix(WHITEOUT))
        if os.path.basename(path) in ("", ".", ".."):
            raise BadArchive(f"invalid whiteout: {name}")
        if os.path.lexists(path):
            if os.path.isdir(path) and not os.path.islink(path):
                remove_tree(path)
            else:
                os.unlink(path)
        os.mknod(path, stat.S_IFCHR, os.makedev(0, 0))

    def _make(self, path: str, member: tarfile.TarInfo) -> None:
        if member.isreg():
            self._file(path, member)
        elif member.isdir():
            os.makedirs(path, 0o755, exist_ok=True)
        elif member.issym():
            os.symlink(member.linkname, path)
        elif member.islnk():
            os.link(self._place(member.linkname), path, follow_symlinks=False)
        elif member.isfifo():
            os.mkfifo(path)
        elif member.ischr() or member.isblk():
            kind = stat.S_IFCHR if member.ischr() else stat.S_IFBLK
            os.mknod(path, kind | 0o600, os.makedev(member.devmajor, member.devminor))

    def _file(self, path: str, member: tarfile.TarInfo) -> None:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            for data in self.source.content(path[1:], member.size):
                os.write(fd, data)
        finally:
            os.close(fd)
        self.source.read(-member.size % tarfile.BLOCKSIZE)
        self.size += member.size

    def _attributes(self, path: str, member: tarfile.TarInfo) -> None:
        os.lchown(path, member.uid, member.gid)
        if not member.issym():
            os.chmod(path, member.mode & 0o7777)
        for key, value in member.pax_headers.items():
            if key.startswith(_XATTR):
                raw = value.encode("utf-8", "surrogateescape")
                os.setxattr(path, key.removeprefix(_XATTR), raw, follow_symlinks=False)
        moment = int(member.mtime * 1_000_000_000) if isinstance(member.mtime, int) else round(member.mtime * 10**9)
        if member.isdir():
            self._folders.append((path, moment))
        else:
            os.utime(path, ns=(moment, moment), follow_symlinks=False)

    def finish(self) -> None:
        """Set the times of the folders."""
        for path, moment in reversed(self._folders):
            if os.path.isdir(path) and not os.path.islink(path):
                os.utime(path, ns=(moment, moment))


def remove_tree(path: str) -> None:
    """Remove a folder and what is in it, links as links."""
    for entry in os.scandir(path):
        if entry.is_dir(follow_symlinks=False):
            remove_tree(entry.path)
        else:
            os.unlink(entry.path)
    os.rmdir(path)


def assemble(files: dict[str, int]) -> None:
    """Write the tar that `unpack` read to the descriptor `out`, from its pieces and the files below "/"."""
    with gzip.GzipFile(fileobj=os.fdopen(os.dup(files["pieces"]), "rb")) as pieces:
        while head := pieces.read(_PIECE.size):
            kind, length = _PIECE.unpack(head)
            data = pieces.read(length)
            if kind == b"R":
                _write(files["out"], data)
            else:
                _send("/" + os.fsdecode(data), files["out"])


def _send(path: str, out: int) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        while data := os.read(fd, CHUNK):
            _write(out, data)
    finally:
        os.close(fd)


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def pack(
    files: dict[str, int], *, path: str = "/", name: str = "", overlay: bool = False, same_device: bool = False
) -> JSON:
    """Write `path` to the descriptor `out` as a tar, its members named below `name` ("" for their own paths).

    With `overlay` it is the writable folder of an overlay mount: whiteouts become `.wh.` files (kernel documentation
    overlayfs.rst, "whiteouts and opaque directories").
    """
    out = os.fdopen(os.dup(files["out"]), "wb", CHUNK)
    with out, tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT, bufsize=CHUNK) as archive:
        Packer(archive, path, name, overlay=overlay, same_device=same_device).run()
    return {}


class Packer:
    """Write one tree."""

    def __init__(self, archive: tarfile.TarFile, path: str, name: str, *, overlay: bool, same_device: bool) -> None:
        self._device = os.lstat(path).st_dev if same_device else None  # leave out what is mounted below
        self.archive, self.path, self.name, self.overlay = archive, path, name, overlay
        self._linked: dict[tuple[int, int], str] = {}

    def run(self) -> None:
        """Write everything, folders before what is in them, names in order."""
        if self.name:
            self._add(self.path, self.name)
        if stat.S_ISDIR(os.lstat(self.path).st_mode):
            self._below(self.path, self.name)

    def _below(self, folder: str, name: str) -> None:
        for entry in sorted(os.scandir(folder), key=lambda one: one.name):
            below = f"{name}/{entry.name}" if name else entry.name
            status = entry.stat(follow_symlinks=False)
            if self.overlay and stat.S_ISCHR(status.st_mode) and status.st_rdev == 0:
                self._empty(f"{name}/{WHITEOUT}{entry.name}" if name else f"{WHITEOUT}{entry.name}")
                continue
            if self._device not in (None, status.st_dev):
                continue
            self._add(entry.path, below)
            if entry.is_dir(follow_symlinks=False):
                if self.overlay and _opaque(entry.path):
                    self._empty(f"{below}/{OPAQUE}")
                self._below(entry.path, below)

    def _empty(self, name: str) -> None:
        self.archive.addfile(tarfile.TarInfo(name))

    def _add(self, path: str, name: str) -> None:
        status = os.lstat(path)
        if stat.S_ISSOCK(status.st_mode):
            return  # tar has no sockets
        member = self._described(path, name, status)
        if not member.isreg():
            self.archive.addfile(member)
            return
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb", 0) as file:
            self.archive.addfile(member, _Exactly(file, status.st_size))  # type: ignore[arg-type]

    def _described(self, path: str, name: str, status: os.stat_result) -> tarfile.TarInfo:
        member = tarfile.TarInfo(name)
        member.mode = stat.S_IMODE(status.st_mode)
        member.uid, member.gid = status.st_uid, status.st_gid
        member.mtime = status.st_mtime_ns // 10**9
        if status.st_mtime_ns % 10**9:
            member.pax_headers["mtime"] = f"{status.st_mtime_ns // 10**9}.{status.st_mtime_ns % 10**9:09d}"
        self._kind(member, path, status)
        for key in os.listxattr(path, follow_symlinks=False):
            if not key.startswith(("trusted.overlay.", "system.")):
                raw = os.getxattr(path, key, follow_symlinks=False)
                member.pax_headers[_XATTR + key] = raw.decode("utf-8", "surrogateescape")
        return member

    def _kind(self, member: tarfile.TarInfo, path: str, status: os.stat_result) -> None:
        mode = status.st_mode
        if stat.S_ISDIR(mode):
            member.type = tarfile.DIRTYPE
        elif stat.S_ISLNK(mode):
            member.type, member.linkname = tarfile.SYMTYPE, os.readlink(path)
        elif stat.S_ISFIFO(mode):
            member.type = tarfile.FIFOTYPE
        elif stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            member.type = tarfile.CHRTYPE if stat.S_ISCHR(mode) else tarfile.BLKTYPE
            member.devmajor, member.devminor = os.major(status.st_rdev), os.minor(status.st_rdev)
        elif status.st_nlink > 1 and (status.st_dev, status.st_ino) in self._linked:
            member.type, member.linkname = tarfile.LNKTYPE, self._linked[status.st_dev, status.st_ino]
        else:
            member.size = status.st_size
            if status.st_nlink > 1:
                self._linked[status.st_dev, status.st_ino] = member.name


class _Exactly:
    """A file that changes while it is read gives as many bytes as its header said."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int) -> bytes:
        wanted = min(size, self._left)
        data = self._file.read(wanted).ljust(wanted, b"\0")
        self._left -= wanted
        return data


def _opaque(path: str) -> bool:
    try:
        return os.getxattr(path, "trusted.overlay.opaque") == b"y"
    except OSError:
        return False


def look(files: dict[str, int], *, path: str) -> JSON:
    """Describe one file: name, size, mode, mtime_ns, link; FileNotFoundError as {"missing": …}."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        return {"missing": error.strerror}
    link = os.path.realpath(path) if stat.S_ISLNK(status.st_mode) else ""
    folder = stat.S_ISDIR(os.stat(path).st_mode) if os.path.exists(path) else False
    return {
        "name": os.path.basename(os.path.normpath(path)) or "/",
        "size": status.st_size,
        "mode": status.st_mode,
        "mtime_ns": status.st_mtime_ns,
        "link": link,
        "folder": folder,
    }


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "assemble": assemble,
    "look": look,
    "pack": pack,
    "unpack": unpack,
}
