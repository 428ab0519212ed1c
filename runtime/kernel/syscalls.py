"""Linux system calls that Python 3.11 does not offer: libc's functions with types and an errno check.

Wrappers hold no policy and no logging. Every call goes through `_checked`, so no caller can forget to look
at -1, and the error spells the call (`mount('proc', '/proc', …): Operation not permitted`). Calls without a
wrapper in every libc go through `syscall(2)`; their numbers are the same on all 64-bit architectures since
Linux 5.0 (the shared table), the few older ones are per architecture.
"""

from __future__ import annotations

import ctypes
import os
from typing import Any

# mount(2), umount2(2): linux/mount.h
MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_NOATIME = 0x400
MS_BIND = 0x1000
MS_REC = 0x4000
MS_UNBINDABLE = 0x20000
MS_PRIVATE = 0x40000
MS_SLAVE = 0x80000
MS_SHARED = 0x100000
MS_RELATIME = 0x200000
MS_STRICTATIME = 0x1000000
MNT_DETACH = 2

# unshare(2), setns(2), clone(2): linux/sched.h
CLONE_NEWTIME = 0x80
CLONE_NEWNS = 0x20000
CLONE_NEWCGROUP = 0x2000000
CLONE_NEWUTS = 0x4000000
CLONE_NEWIPC = 0x8000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

# prctl(2): linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_SET_NAME = 15
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

# open_tree(2), mount_setattr(2), openat2(2): linux/mount.h, linux/openat2.h
OPEN_TREE_CLONE = 1
OPEN_TREE_CLOEXEC = os.O_CLOEXEC
AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
MOUNT_ATTR_RDONLY = 0x1
RESOLVE_NO_XDEV = 0x1
RESOLVE_NO_MAGICLINKS = 0x2
RESOLVE_NO_SYMLINKS = 0x4
RESOLVE_BENEATH = 0x8
RESOLVE_IN_ROOT = 0x10

# keyctl(2): linux/keyctl.h
KEYCTL_JOIN_SESSION_KEYRING = 1

_SHARED_TABLE = {"open_tree": 428, "openat2": 437, "mount_setattr": 442, "pidfd_open": 434}
_OLDER = {
    "x86_64": {"keyctl": 250, "pivot_root": 155, "seccomp": 317, "capset": 126, "capget": 125, "bpf": 321},
    "aarch64": {"keyctl": 219, "pivot_root": 41, "seccomp": 277, "capset": 91, "capget": 90, "bpf": 280},
}
NUMBERS = _SHARED_TABLE | _OLDER[os.uname().machine]

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, function: Any, arguments: tuple[Any, ...]) -> int:
    if result == -1:
        number = ctypes.get_errno()
        spelled = ", ".join(repr(getattr(argument, "value", argument)) for argument in arguments)
        raise OSError(number, f"{function.__name__}({spelled[:300]}): {os.strerror(number)}")
    return result


def _wrap(name: str, *argtypes: Any) -> Any:
    function = getattr(_libc, name)
    function.argtypes = argtypes
    function.restype = ctypes.c_long if name == "syscall" else ctypes.c_int
    function.errcheck = _checked
    return function


_char_p, _int, _ulong = ctypes.c_char_p, ctypes.c_int, ctypes.c_ulong
_mount = _wrap("mount", _char_p, _char_p, _char_p, _ulong, _char_p)
_umount2 = _wrap("umount2", _char_p, _int)
_unshare = _wrap("unshare", _int)
_setns = _wrap("setns", _int, _int)
_prctl = _wrap("prctl", _int, _ulong, _ulong, _ulong, _ulong)
_sethostname = _wrap("sethostname", _char_p, ctypes.c_size_t)
_setdomainname = _wrap("setdomainname", _char_p, ctypes.c_size_t)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long


def _bytes(text: str | os.PathLike[str] | None) -> bytes | None:
    return None if text is None else os.fsencode(text)


def mount(
    source: str | None,
    target: str | os.PathLike[str],
    fstype: str | None = None,
    flags: int = 0,
    data: str | None = None,
) -> None:
    """Call mount(2)."""
    _mount(_bytes(source), _bytes(target), _bytes(fstype), flags, _bytes(data))


def umount2(target: str | os.PathLike[str], flags: int = 0) -> None:
    """Call umount2(2)."""
    _umount2(_bytes(target), flags)


def unshare(flags: int) -> None:
    """Call unshare(2); Python has it from 3.12 on."""
    _unshare(flags)


def setns(fd: int, kind: int = 0) -> None:
    """Call setns(2) with a namespace's or (since Linux 5.8) a process's descriptor."""
    _setns(fd, kind)


def prctl(option: int, second: int = 0, third: int = 0, fourth: int = 0, fifth: int = 0) -> int:
    """Call prctl(2); arguments that an option does not take must be 0."""
    return int(_prctl(option, second, third, fourth, fifth))


def set_name(name: str) -> None:
    """Set the name that ps(1) shows for this thread, 15 bytes at most (PR_SET_NAME)."""
    prctl(PR_SET_NAME, ctypes.addressof(ctypes.create_string_buffer(os.fsencode(name)[:15])))


def sethostname(name: str) -> None:
    """Call sethostname(2)."""
    raw = os.fsencode(name)
    _sethostname(raw, len(raw))


def setdomainname(name: str) -> None:
    """Call setdomainname(2)."""
    raw = os.fsencode(name)
    _setdomainname(raw, len(raw))


def syscall(name: str, *arguments: Any) -> int:
    """Call the system call `name` of `NUMBERS`; ints are passed as longs, bytes and pointers as they are."""
    converted = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    result = int(_syscall(ctypes.c_long(NUMBERS[name]), *converted))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}{arguments!r}: {os.strerror(number)}")
    return result


def pivot_root(new: str, put_old: str) -> None:
    """Call pivot_root(2)."""
    syscall("pivot_root", os.fsencode(new), os.fsencode(put_old))


def open_tree(path: str, flags: int) -> int:
    """Call open_tree(2): a descriptor of a mount, detached when OPEN_TREE_CLONE is given."""
    return syscall("open_tree", AT_FDCWD, os.fsencode(path), flags)


def mount_setattr(fd: int, *, set_attributes: int) -> None:
    """Call mount_setattr(2) on the mount behind `fd`."""
    attributes = (ctypes.c_uint64 * 4)(set_attributes, 0, 0, 0)
    syscall("mount_setattr", fd, b"", AT_EMPTY_PATH, ctypes.byref(attributes), ctypes.sizeof(attributes))


def openat2(directory: int, path: str, flags: int, *, resolve: int, mode: int = 0) -> int:
    """Call openat2(2): open `path` with rules on how links and mounts on the way are followed."""
    how = (ctypes.c_uint64 * 3)(flags | os.O_CLOEXEC, mode, resolve)
    return syscall("openat2", directory, os.fsencode(path), ctypes.byref(how), ctypes.sizeof(how))


def open_in_root(root: int, path: str, flags: int = os.O_PATH, mode: int = 0) -> int:
    """Open `path` as a process chrooted to the directory `root` would; links cannot lead outside of it."""
    while True:
        try:
            return openat2(root, path.lstrip("/") or ".", flags, resolve=RESOLVE_IN_ROOT, mode=mode)
        except BlockingIOError:  # EAGAIN: a rename raced with ".." on the way (openat2(2))
            continue


def join_new_session_keyring() -> None:
    """Give this process a session keyring of its own, anonymous (keyctl(2))."""
    syscall("keyctl", KEYCTL_JOIN_SESSION_KEYRING, None)
