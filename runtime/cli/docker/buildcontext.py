"""The context of a build: which files go to the engine, and how they are packed."""

from __future__ import annotations

import os
import re

from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    Rules = list[tuple[re.Pattern[str], bool]]

NAME = "Dockerfile"


def dockerfile(folder: str, named: str) -> tuple[str, str]:
    """Return the Dockerfile's name inside the context, and its path when it lies outside or comes from elsewhere."""
    path = os.path.abspath(named or os.path.join(folder, NAME))
    if not os.path.isfile(path):
        reason = f"lstat {path}: no such file or directory"
        raise CliError(f"unable to prepare context: unable to evaluate symlinks in Dockerfile path: {reason}")
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(folder))
    if inside.startswith(".."):
        # Docker sends such a file under a name that nothing in the context can have.
        return f".dockerfile.{os.urandom(10).hex()}", path
    return inside, ""


def rules(folder: str) -> Rules:
    """Read .dockerignore: patterns in order, with whether they take back what was left out."""
    try:
        with open(os.path.join(folder, ".dockerignore"), encoding="utf-8-sig") as file:
            return list(parse(file))
    except FileNotFoundError:
        return []


def parse(lines: Iterable[str]) -> Iterator[tuple[re.Pattern[str], bool]]:
    """Yield the rules of a .dockerignore; `#` starts a comment at a line's begin only."""
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        text = line.strip()
        back = text.startswith("!")
        path = os.path.normpath(text[back:].strip()).lstrip("/")
        if path and path != ".":
            yield re.compile(pattern(path)), back


def pattern(path: str) -> str:
    """Return a rule as a regular expression: `*` and `?` stay inside a folder, `**` crosses folders."""
    out, place = "", 0
    while place < len(path):
        if path.startswith("**/", place):
            out, place = out + "(?:.*/)?", place + 3
        elif path.startswith("**", place):
            out, place = out + ".*", place + 2
        elif path[place] == "[" and "]" in path[place + 1 :]:
            end = path.index("]", place + 1)
            out, place = out + path[place : end + 1], end + 1
        else:
            out += {"*": "[^/]*", "?": "[^/]"}.get(path[place]) or re.escape(path[place].replace("\\", ""))
            place += 1
    return f"{out}(?:/.*)?$"


def left_out(path: str, known: Rules) -> bool:
    """Say whether the rules leave a path out: the last one that fits decides."""
    out = False
    for rule, back in known:
        if rule.match(path):
            out = not back
    return out


def members(folder: str, known: Rules) -> Iterator[str]:
    """Yield the paths of the context, folders before what they hold, in the order of their names."""
    takes_back = any(back for _, back in known)
    for place, folders, names in os.walk(folder):
        folders.sort()
        inside = os.path.relpath(place, folder)
        prefix = "" if inside == "." else f"{inside}/"
        for name in sorted([*names, *folders]):
            if not left_out(prefix + name, known):
                yield prefix + name
        if not takes_back:
            folders[:] = [name for name in folders if not left_out(prefix + name, known)]


def pack(folder: str, name: str, own: str) -> Iterator[bytes]:
    """Yield the context as a tar stream, owned by nobody in particular; the Dockerfile always goes along."""
    import io
    import tarfile

    known = rules(folder)
    chosen = list(members(folder, known))
    for extra in (name, ".dockerignore"):
        if extra not in chosen and os.path.lexists(os.path.join(folder, extra)):
            chosen.append(extra)
    buffer = io.BytesIO()
    tar = tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
    for path in chosen:
        _add(tar, os.path.join(folder, path), path)
        yield from _drain(buffer)
    if own:
        _add(tar, os.path.realpath(own), name)
        yield from _drain(buffer)
    # Two empty blocks end an archive; closing it would pad it to twenty.
    yield b"\0" * 1024


def _add(tar: object, source: str, name: str) -> None:
    import stat
    import tarfile

    assert isinstance(tar, tarfile.TarFile)
    if stat.S_ISSOCK(os.lstat(source).st_mode):
        return
    try:
        info = tar.gettarinfo(source, name)
        # Ids of this machine mean nothing in an image: everything belongs to root there.
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mtime = int(info.mtime)
        if info.isreg():
            with open(source, "rb") as file:
                tar.addfile(info, file)
        else:
            tar.addfile(info)
    except OSError as error:
        raise CliError(f"error checking context: can't stat '{source}': {error.strerror}") from None


def _drain(buffer: BinaryIO) -> Iterator[bytes]:
    buffer.seek(0)
    data = buffer.read()
    if data:
        buffer.seek(0)
        buffer.truncate()
        yield data


def from_input(file: BinaryIO, named: str) -> tuple[Iterable[bytes], str]:
    """Return a context from standard input: an archive as it is, a Dockerfile alone packed."""
    head = file.read(512)
    if not head:
        raise CliError("unable to prepare context: failed to peek context header from STDIN: EOF")
    packed = head[257:262] == b"ustar" or head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head[:6] == b"\xfd7zXZ\x00"
    if packed:
        return _whole(head, file), named or NAME
    return _alone(head + file.read()), NAME


def _whole(head: bytes, file: BinaryIO) -> Iterator[bytes]:
    yield head
    while data := file.read(1 << 20):
        yield data


def _alone(text: bytes) -> Iterator[bytes]:
    import io
    import tarfile

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo(NAME)
        info.size, info.mode = len(text), 0o600
        tar.addfile(info, io.BytesIO(text))
    yield buffer.getvalue()
