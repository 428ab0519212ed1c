"""Layers: many folders seen as one, the upper ones hiding the lower ones.

    mount -t overlay overlay -o lowerdir=top:middle:base,upperdir=rw,workdir=scratch merged
    ls -l rw           what was written, and a character device 0:0 for every name that was deleted ("whiteout")
    getfattr -n trusted.overlay.opaque rw/folder      "y": what lies below this folder does not show

All writes go to the upper folder; a lower file that is written to is copied up first. So the difference between a
container and its image is the upper folder: `docker diff` reads it, `docker commit` packs it.

Source: the kernel's documentation, filesystems/overlayfs.rst.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Change(NamedTuple):
    """One line of `docker diff`."""

    kind: str  # A added, C changed, D deleted
    path: str


def options(lowers: Sequence[str], upper: str, work: str) -> str:
    """Spell the options of the overlay mount; `lowers` from the top down."""
    return f"lowerdir={':'.join(lowers)},upperdir={upper},workdir={work}"


def is_whiteout(status: os.stat_result) -> bool:
    """Say whether a file of an upper folder stands for a deletion."""
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def is_opaque(path: str) -> bool:
    """Say whether a folder of an upper folder hides what lies below it."""
    try:
        return os.getxattr(path, "trusted.overlay.opaque", follow_symlinks=False) == b"y"
    except OSError:
        return False


def changes(upper: str, lowers: Sequence[str]) -> list[Change]:
    """Compare an upper folder with the layers below it (from the top down), sorted by path."""
    return sorted(_changes(upper, "", list(lowers)), key=lambda change: change.path)


def _changes(upper: str, below: str, lowers: list[str]) -> Iterator[Change]:
    for entry in os.scandir(upper + below):
        path = f"{below}/{entry.name}"
        status = entry.stat(follow_symlinks=False)
        old = find(path, lowers)
        if is_whiteout(status):
            if old is not None:
                yield Change("D", path)
            continue
        folder = entry.is_dir(follow_symlinks=False)
        if old is None:
            yield Change("A", path)
        elif not folder or not stat.S_ISDIR(old.st_mode) or _changed(upper + path, status, old):
            yield Change("C", path)
        if folder:
            hidden = is_opaque(entry.path)
            if hidden:
                yield from (Change("D", one) for one in _hidden(upper, path, lowers))
            yield from _changes(upper, path, [] if hidden else lowers)


def _changed(path: str, status: os.stat_result, old: os.stat_result) -> bool:
    """A folder counts as changed when something in it was made or deleted: its own time moved with it."""
    return (status.st_mode, status.st_uid, status.st_gid, status.st_mtime_ns) != (
        *(old.st_mode, old.st_uid, old.st_gid, old.st_mtime_ns),
    )


def _hidden(upper: str, path: str, lowers: Sequence[str]) -> list[str]:
    names = {name for lower in lowers if os.path.isdir(lower + path) for name in os.listdir(lower + path)}
    return sorted(f"{path}/{name}" for name in names if not os.path.lexists(f"{upper}{path}/{name}"))


def find(path: str, lowers: Sequence[str]) -> os.stat_result | None:
    """Look a path up as overlay does: the topmost layer that has it decides; a whiteout means that it is gone."""
    parts = path.strip("/").split("/")
    for lower in lowers:
        here = lower
        for number, part in enumerate(parts):
            here = f"{here}/{part}"
            try:
                status = os.lstat(here)
            except (FileNotFoundError, NotADirectoryError):
                break
            if is_whiteout(status):
                return None
            if number == len(parts) - 1:
                return status
            if not stat.S_ISDIR(status.st_mode):
                return None
            if is_opaque(here) and not os.path.lexists(f"{lower}/{'/'.join(parts)}"):
                return None
    return None
