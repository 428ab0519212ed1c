"""Volumes: folders of the host that a container sees as its own, and that outlive it.

A bind mount shows a folder at a second place; nothing is copied, and both places are the same files:

    mount --bind /var/lib/docklab/volumes/data/_data /…/merged/data
    mount -o remount,bind,ro /…/merged/data                            # for this place only

A volume is a bind mount of a folder that the engine keeps. One thing is added: where the image has files at
the place of a new, empty volume, they are copied into it first (`copy_up`), as the mount would hide them. Manual:
mount(8), "Bind mounts"; mount_namespaces(7).
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator

_CHUNK = 1 << 20


def copy_up(files: dict[str, int], path: str) -> bool:
    """Copy what is in the folder `path` into the open folder `files["volume"]`; say whether there was one.

    To be called with the container's root as the root of the process: links in `path` cannot lead out of it, and
    links below it are copied, not followed.
    """
    try:
        source = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        copy_folder(source, files["volume"], {})
    finally:
        os.close(source)
    return True


def copy_folder(source: int, target: int, seen: dict[tuple[int, int], tuple[int, str]]) -> None:
    """Copy a folder's entries and then its own attributes; `seen` finds other names of a file in one folder."""
    with os.scandir(source) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        _copy_entry(source, target, name, seen)
    _attributes(source, target)


def _copy_entry(source: int, target: int, name: str, seen: dict[tuple[int, int], tuple[int, str]]) -> None:
    status = os.stat(name, dir_fd=source, follow_symlinks=False)
    key = (status.st_dev, status.st_ino)
    if key in seen:
        folder, first = seen[key]
        os.link(first, name, src_dir_fd=folder, dst_dir_fd=target, follow_symlinks=False)
    elif stat.S_ISDIR(status.st_mode):
        _copy_subfolder(source, target, name)
    elif stat.S_ISREG(status.st_mode):
        _copy_file(source, target, name)
    else:
        _copy_special(source, target, name, status)
    if status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
        seen.setdefault(key, (target, name))


def _copy_subfolder(source: int, target: int, name: str) -> None:
    os.mkdir(name, 0o700, dir_fd=target)
    with _opened(name, os.O_RDONLY | os.O_DIRECTORY, source) as old, _opened(name, os.O_RDONLY, target) as new:
        copy_folder(old, new, {})


def _copy_file(source: int, target: int, name: str) -> None:
    create = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with _opened(name, os.O_RDONLY, source) as old, _opened(name, create, target) as new:
        offset = 0
        while copied := os.sendfile(new, old, offset, _CHUNK):
            offset += copied
        _attributes(old, new)


def _copy_special(source: int, target: int, name: str, status: os.stat_result) -> None:
    """Copy a link, a device, a pipe or a socket by making it anew."""
    if stat.S_ISLNK(status.st_mode):
        os.symlink(os.readlink(name, dir_fd=source), name, dir_fd=target)
    else:
        os.mknod(name, status.st_mode, status.st_rdev, dir_fd=target)
    os.chown(name, status.st_uid, status.st_gid, dir_fd=target, follow_symlinks=False)
    if not stat.S_ISLNK(status.st_mode):
        os.chmod(name, stat.S_IMODE(status.st_mode), dir_fd=target)
    os.utime(name, ns=(status.st_atime_ns, status.st_mtime_ns), dir_fd=target, follow_symlinks=False)


def _attributes(source: int, target: int) -> None:
    """Copy owner, mode, extended attributes and times, in the order in which they do not undo each other."""
    status = os.fstat(source)
    os.fchown(target, status.st_uid, status.st_gid)
    os.fchmod(target, stat.S_IMODE(status.st_mode))
    for name in os.listxattr(source):
        if not name.startswith("trusted.overlay."):
            with contextlib.suppress(OSError):  # a file system without them
                os.setxattr(target, name, os.getxattr(source, name))
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))


@contextlib.contextmanager
def _opened(name: str, flags: int, folder: int) -> Iterator[int]:
    fd = os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        yield fd
    finally:
        os.close(fd)
