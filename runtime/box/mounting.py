"""Operations of a plan that build the container's view of the file system.

They run in the new process, in its own mount namespace. Until `pivot` the host's root is still there and paths
inside the container are resolved with openat2(RESOLVE_IN_ROOT) below `context.root`, because the image and the
volumes may hold links that point anywhere; what is mounted is named by descriptor (/proc/self/fd/N), so nothing
can be swapped between the look and the mount. Sources: mount(2), mount_namespaces(7), pivot_root(2), openat2(2).
"""

from __future__ import annotations

import os
import stat

from ..kernel import syscalls
from .context import Context, Failure

_FLAGS = {
    "ro": syscalls.MS_RDONLY,
    "nosuid": syscalls.MS_NOSUID,
    "nodev": syscalls.MS_NODEV,
    "noexec": syscalls.MS_NOEXEC,
    "relatime": syscalls.MS_RELATIME,
    "strictatime": syscalls.MS_STRICTATIME,
    "noatime": syscalls.MS_NOATIME,
}
_PROPAGATION = {
    "private": syscalls.MS_PRIVATE,
    "rprivate": syscalls.MS_PRIVATE | syscalls.MS_REC,
    "slave": syscalls.MS_SLAVE,
    "rslave": syscalls.MS_SLAVE | syscalls.MS_REC,
    "shared": syscalls.MS_SHARED,
    "rshared": syscalls.MS_SHARED | syscalls.MS_REC,
}
# statvfs(3) flags that a read-only remount of a bind has to repeat, or a user namespace refuses it
_KEPT = {os.ST_NOSUID: syscalls.MS_NOSUID, os.ST_NODEV: syscalls.MS_NODEV, os.ST_NOEXEC: syscalls.MS_NOEXEC}


def flags(names: list[str]) -> int:
    """Turn option names into mount(2) flags."""
    value = 0
    for name in names:
        value |= _FLAGS[name]
    return value


def _fd_path(fd: int) -> str:
    return f"/proc/self/fd/{fd}"


def propagate(context: Context, path: str, mode: str) -> None:
    """Set how mounts under `path` are shared with the namespace this one was copied from."""
    syscalls.mount("none", path, None, _PROPAGATION[mode])


def overlay(context: Context, options: str, folder: str, target: str) -> None:
    """Mount the image's layers with the container's writable folder on top, and take it as the root.

    `options` name the layers relative to `folder`, so that many layers fit into one page (mount(2)).
    """
    os.chdir(folder)
    syscalls.mount("overlay", target, "overlay", 0, options)
    context.root = os.open(target, os.O_PATH | os.O_DIRECTORY)


def root(context: Context, path: str) -> None:
    """Take an existing folder as the root of a helper; `chroot` enters it."""
    context.root = os.open(path, os.O_PATH | os.O_DIRECTORY)


def make_target(root_fd: int, path: str, *, folder: bool) -> int:
    """Open `path` in the root, making it and the folders above it where they are missing."""
    parts = [part for part in path.split("/") if part and part != "."]
    here = ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        parent, here = here, f"{here}/{part}"
        try:
            os.close(syscalls.open_in_root(root_fd, here))
        except FileNotFoundError:
            _make(root_fd, parent, part, folder=folder or not last)
    return syscalls.open_in_root(root_fd, here or "/")


def _make(root_fd: int, parent: str, name: str, *, folder: bool) -> None:
    directory = syscalls.open_in_root(root_fd, parent or "/", os.O_PATH | os.O_DIRECTORY)
    try:
        if folder:
            os.mkdir(name, 0o755, dir_fd=directory)
        else:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644, dir_fd=directory))
    finally:
        os.close(directory)


def mount(context: Context, fstype: str, source: str, target: str, options: list[str], data: str = "") -> None:
    """Mount a file system of the kernel's (proc, sysfs, tmpfs, devpts, mqueue, cgroup, cgroup2) in the root."""
    fd = make_target(context.root, target, folder=True)
    try:
        syscalls.mount(source, _fd_path(fd), fstype, flags(options), data or None)
    finally:
        os.close(fd)


def bind(
    context: Context,
    source: str,
    target: str,
    *,
    writable: bool = True,
    recursive: bool = True,
    propagation: str = "rprivate",
) -> None:
    """Show a file or folder of the host in the container."""
    try:
        origin = os.open(source, os.O_PATH)
    except FileNotFoundError as error:
        raise Failure(
            f'error mounting "{source}" to rootfs at "{target}": stat {source}: no such file or directory: unknown'
        ) from error
    try:
        is_folder = stat.S_ISDIR(os.fstat(origin).st_mode)
        _attach(context, origin, source, target, is_folder=is_folder, recursive=recursive)
        fd = syscalls.open_in_root(context.root, target)
        try:
            if not writable:
                _read_only(fd)
            syscalls.mount("none", _fd_path(fd), None, _PROPAGATION[propagation])
        finally:
            os.close(fd)
    finally:
        os.close(origin)


def _attach(context: Context, origin: int, source: str, target: str, *, is_folder: bool, recursive: bool) -> None:
    fd = make_target(context.root, target, folder=is_folder)
    try:
        if stat.S_ISDIR(os.fstat(fd).st_mode) != is_folder:
            raise Failure(
                f'error mounting "{source}" to rootfs at "{target}": mount {source}:{target}: not a directory: '
                "unknown: Are you trying to mount a directory onto a file (or vice-versa)? "
                "Check if the specified host path exists and is the expected type",
                code=127,
            )
        recurse = syscalls.MS_REC if recursive else 0
        syscalls.mount(_fd_path(origin), _fd_path(fd), None, syscalls.MS_BIND | recurse)
    finally:
        os.close(fd)


def _read_only(fd: int) -> None:
    kept = 0
    present = os.fstatvfs(fd).f_flag
    for seen, flag in _KEPT.items():
        kept |= flag if present & seen else 0
    remount = syscalls.MS_BIND | syscalls.MS_REMOUNT | syscalls.MS_RDONLY | kept
    syscalls.mount("none", _fd_path(fd), None, remount)


def device(
    context: Context, path: str, kind: str, major: int, minor: int, mode: int, uid: int = 0, gid: int = 0
) -> None:
    """Make one device node in the container's /dev (mknod(2))."""
    folder, _, name = path.rpartition("/")
    directory = make_target(context.root, folder, folder=True)
    try:
        parent = os.open(_fd_path(directory), os.O_DIRECTORY | os.O_RDONLY)
        try:
            bits = stat.S_IFBLK if kind == "b" else stat.S_IFCHR
            os.mknod(name, mode | bits, os.makedev(major, minor), dir_fd=parent)
            os.chmod(name, mode, dir_fd=parent)  # mknod obeys the umask
            os.chown(name, uid, gid, dir_fd=parent)
        finally:
            os.close(parent)
    finally:
        os.close(directory)


def link(context: Context, target: str, path: str) -> None:
    """Make a symbolic link in the container's /dev."""
    folder, _, name = path.rpartition("/")
    directory = syscalls.open_in_root(context.root, folder, os.O_PATH | os.O_DIRECTORY)
    try:
        os.symlink(target, name, dir_fd=directory)
    finally:
        os.close(directory)


def pivot(context: Context) -> None:
    """Make the container's root the root of this mount namespace, and let go of the host's.

    pivot_root(".", ".") stacks the old root over the new one (pivot_root(2), NOTES): no folder is needed for it.
    """
    os.fchdir(context.root)
    syscalls.pivot_root(".", ".")
    syscalls.mount("none", ".", None, syscalls.MS_SLAVE | syscalls.MS_REC)  # our unmounts must not reach the host
    syscalls.umount2(".", syscalls.MNT_DETACH)
    os.chdir("/")
    os.close(context.root)
    context.root = -1


def chroot(context: Context) -> None:
    """Enter the root without a mount namespace of its own: enough for a helper that runs only our code."""
    os.fchdir(context.root)
    os.chroot(".")
    os.close(context.root)
    context.root = -1


def mask(context: Context, paths: list[str]) -> None:
    """Hide files and folders of /proc and /sys: an empty read-only folder or /dev/null is mounted over them."""
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(os.stat(path).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            continue
        if is_folder:
            syscalls.mount("tmpfs", path, "tmpfs", syscalls.MS_RDONLY)
        else:
            syscalls.mount("/dev/null", path, None, syscalls.MS_BIND)


def protect(context: Context, paths: list[str]) -> None:
    """Make folders of /proc and /sys read-only by binding them onto themselves."""
    for path in paths:
        try:
            syscalls.mount(path, path, None, syscalls.MS_BIND | syscalls.MS_REC)
        except FileNotFoundError:
            continue
        fd = os.open(path, os.O_PATH)
        try:
            _read_only(fd)
        finally:
            os.close(fd)


def read_only(context: Context, path: str) -> None:
    """Make the mount at `path` read-only; for "/" it is `docker run --read-only`."""
    fd = os.open(path, os.O_PATH)
    try:
        _read_only(fd)
    finally:
        os.close(fd)
