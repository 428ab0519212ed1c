"""The tar streams of `docker cp`: packing files here, unpacking a container's, and where a copy goes.

The rules are cp's with Docker's refinements: into a folder that exists, to another name otherwise; `folder/.` is
the folder's content.
"""

from __future__ import annotations

import io
import os
import posixpath
import tarfile

from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK = 1 << 20


class Counter:
    """A stream that counts what passes."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces
        self.total = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.total += len(piece)
            yield piece


def verb(error: OSError) -> str:
    """Name the call that failed, as Go's errors do."""
    return "lstat" if error.errno == 2 else "open"


def base(path: str) -> str:
    """Give a path's last part; `.` for the content of a folder."""
    if path.endswith("/.") or path == ".":
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


def check_source(source: str) -> None:
    """Refuse a source that is not there."""
    full = os.path.abspath(source)
    try:
        os.lstat(full)
    except OSError as error:
        raise CliError(f"lstat {full}: {(error.strerror or '').lower()}") from None
    if source.endswith("/") and not os.path.isdir(full):
        raise CliError(f"{source.rstrip('/')}: not a directory")


def place(source: str, target: str, *, exists: bool, target_is_folder: bool, follow: bool) -> tuple[str, str]:
    """Decide into which folder the archive is unpacked, and under which name its root stands."""
    directory = os.path.isdir(source) and (follow or not os.path.islink(source) or source.endswith(("/", "/.")))
    if exists and target_is_folder:
        return target, base(source) if source not in (".", "..") else "."
    if exists and directory:
        raise CliError("cannot copy directory")
    if not exists and not directory and target.endswith(("/", "/.")):
        raise CliError("no such directory")
    bare = target.rstrip("/")
    return posixpath.dirname(bare) or "/", posixpath.basename(bare)


def pack(source: str, name: str, *, follow: bool) -> Iterator[bytes]:
    """Write a file or folder as a tar stream whose root is called `name`."""
    writer = tarfile.TarFile(fileobj=io.BytesIO(), mode="w", format=tarfile.PAX_FORMAT)
    root = os.path.realpath(source) if follow or source.endswith(("/", "/.")) else os.path.abspath(source)
    yield from entry(writer, root, name)
    if os.path.isdir(root) and not os.path.islink(root):
        for folder, names, files in os.walk(root):
            inside = os.path.relpath(folder, root)
            prefix = name if inside == "." else posixpath.join(name, inside)
            links = [one for one in names if os.path.islink(os.path.join(folder, one))]
            for one in sorted([*names, *files]):
                yield from entry(writer, os.path.join(folder, one), posixpath.join(prefix, one))
            names[:] = sorted(set(names) - set(links))
    yield b"\0" * 1024


def entry(writer: tarfile.TarFile, path: str, name: str) -> Iterator[bytes]:
    """Write one entry; sockets have no place in an archive."""
    info = writer.gettarinfo(path, arcname=name)
    if info is None:
        return
    yield info.tobuf(tarfile.PAX_FORMAT)
    if info.isreg() and info.size:
        with open(path, "rb") as file:
            yield from exactly(file, info.size)
        yield b"\0" * (-info.size % 512)


def exactly(file: io.BufferedReader, size: int) -> Iterator[bytes]:
    """Give a file's bytes, as many as were announced even if it shrinks meanwhile."""
    while size:
        data = file.read(min(BLOCK, size)) or b"\0" * min(BLOCK, size)
        size -= len(data)
        yield data


class Reader(io.RawIOBase):
    """A stream of pieces as a file for tarfile."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.ahead = b""

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes."""
        while not self.ahead:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self.ahead = piece
        data, self.ahead = (self.ahead, b"") if size < 0 else (self.ahead[:size], self.ahead[size:])
        return data


def unpack(stream: Iterator[bytes], target: str, *, name: str, root: str, directory: bool, owners: bool) -> int:
    """Unpack a container's archive to its target; give the bytes of its files."""
    if os.path.isdir(target):
        folder, name = target, name
    elif os.path.exists(target) and directory:
        raise CliError("cannot copy directory")
    elif target.endswith("/") and not directory:
        raise CliError("no such directory")
    else:
        bare = os.path.abspath(target)
        folder, name = os.path.dirname(bare), os.path.basename(bare)
    total = 0
    counter = Counter(stream)
    with tarfile.open(fileobj=Reader(iter(counter)), mode="r|") as archive:
        for member in archive:
            rename(member, root, name)
            extract(archive, member, folder, owners=owners)
            total += member.size
    for _ in counter:
        continue
    return counter.total


def rename(member: tarfile.TarInfo, root: str, name: str) -> None:
    """Give an entry its new root; hard links point there too."""
    member.name = rebased(member.name, root, name)
    if member.islnk():
        member.linkname = rebased(member.linkname, root, name)


def rebased(path: str, root: str, name: str) -> str:
    """Replace the first part of a path."""
    parts = path.lstrip("/").split("/")
    if parts[0] == root or root in (".", "/"):
        rest = parts[1:] if parts[0] in (root, ".") else parts
        return posixpath.join(*([name] if name not in (".", "/") else ["."]), *rest)
    return path


def extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: str, *, owners: bool) -> None:
    """Unpack one entry, never outside the folder: an engine is not to be trusted with our files."""
    inside = os.path.realpath(folder)
    paths = [member.name] + ([member.linkname] if member.islnk() else [])
    for path in paths:
        parent = os.path.realpath(os.path.join(inside, os.path.dirname(path)))
        if os.path.commonpath([inside, parent]) != inside:
            raise CliError(f"invalid path in the engine's archive: {path}")
    place_ = os.path.join(inside, member.name)
    if not member.isdir() and os.path.isdir(place_) and not os.path.islink(place_):
        raise CliError(f'cannot overwrite directory "{place_}" with non-directory "{member.name}"')
    if not owners:
        member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
    if hasattr(tarfile, "fully_trusted_filter"):  # Python 3.11.4; Debian 12 has 3.11.2, which knows no filters
        archive.extraction_filter = tarfile.fully_trusted_filter
    archive.extract(member, inside, numeric_owner=True)
