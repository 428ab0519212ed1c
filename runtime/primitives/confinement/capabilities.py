"""Capabilities: root's power cut into pieces, of which a container keeps a few.

The kernel never asks "is this root?" but "has this thread CAP_…?". A thread has five sets of them
(capabilities(7)): *effective* is what is asked now, *permitted* what may become effective, *inheritable* and
*ambient* what survives execve(2), and *bounding* what execve can ever give again. Root's program gets, at
execve, everything in the bounding set; so a container's root is made weak by shrinking the bounding set once,
before its program starts, and nothing inside can grow it again.

By hand:

    grep Cap /proc/self/status; capsh --decode=00000000a80425fb
    capsh --drop=cap_sys_admin -- -c 'mount -t tmpfs none /mnt'      # Operation not permitted, as root
    docker run --cap-drop ALL --cap-add NET_BIND_SERVICE …

Only the standard library is used: the interpreter imports this.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable, Sequence

from ...kernel import syscalls

# linux/capability.h, in the order of their numbers
NAMES = (
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
    "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN",
    "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
)  # fmt: skip
NUMBERS = {name: number for number, name in enumerate(NAMES)}

# What Docker leaves to a container: enough for package managers and servers that start as root and step down.
DEFAULT = frozenset({
    "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD",
    "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
})  # fmt: skip
ALL = "ALL"

_VERSION_3 = 0x20080522  # _LINUX_CAPABILITY_VERSION_3: two words of 32 bits for each set


def normalise(names: Iterable[str]) -> list[str]:
    """Spell names in full: `net_admin` and `CAP_NET_ADMIN` are one, ALL stays; ValueError names an unknown one."""
    result = []
    for given in names:
        name = given.upper()
        if name == ALL:
            result.append(ALL)
            continue
        name = name if name.startswith("CAP_") else f"CAP_{name}"
        if name not in NUMBERS:
            raise ValueError(f'unknown capability: "{name}"')
        result.append(name)
    return result


def check(add: Iterable[str], drop: Iterable[str]) -> None:
    """Refuse unknown names, as Docker words it when a container is created (ValueError)."""
    for option, names in (("CapAdd", add), ("CapDrop", drop)):
        try:
            normalise(names)
        except ValueError as error:
            raise ValueError(f"invalid {option}: {error}") from None


def decide(
    add: Iterable[str] = (),
    drop: Iterable[str] = (),
    *,
    privileged: bool = False,
    granted: frozenset[str] | None = None,
) -> frozenset[str]:
    """Decide what a container keeps of `--cap-add`, `--cap-drop` and `--privileged`.

    `granted` is what this machine can give at most; None asks the kernel.
    """
    most = available() if granted is None else granted
    added, dropped = set(normalise(add)), set(normalise(drop))
    if privileged:
        return most
    if ALL in added:
        return most - dropped
    if ALL in dropped:
        return frozenset(added & most)
    return ((DEFAULT - dropped) | added) & most


def available() -> frozenset[str]:
    """Give what this process could hand on: its bounding set."""
    return frozenset(name for number, name in enumerate(NAMES) if _in_bounding_set(number))


def _in_bounding_set(number: int) -> bool:
    try:
        return syscalls.prctl(syscalls.PR_CAPBSET_READ, number) == 1
    except OSError as error:
        if error.errno == errno.EINVAL:  # newer than this kernel
            return False
        raise


def mask(names: Iterable[str]) -> int:
    """Give the bits of a set, as /proc/PID/status shows them in hexadecimal."""
    return sum(1 << NUMBERS[name] for name in set(names))


def decode(bits: int) -> frozenset[str]:
    """Give the names of a set's bits; the other way round of `mask`."""
    return frozenset(name for number, name in enumerate(NAMES) if bits >> number & 1)


def apply(kept: frozenset[str], *, uid: int, gid: int, groups: Sequence[int]) -> None:
    """Turn this process into user `uid` with no more than `kept`; there is no way back.

    The order is the point. The bounding set goes first, while CAP_SETPCAP is there; groups and ids next, while
    CAP_SETGID and CAP_SETUID are; the other sets last. A user who is not root has no capability at all, which
    is what execve(2) would make of it anyway. Inheritable stays empty (CVE-2022-24769).
    """
    for number in range(64):
        if not _drop(number, kept):
            break
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    _set(mask(kept) if uid == 0 else 0)
    syscalls.prctl(syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL)


def _drop(number: int, kept: frozenset[str]) -> bool:
    """Drop one capability from the bounding set unless it is kept; False behind the kernel's last one."""
    if number < len(NAMES) and NAMES[number] in kept:
        return True
    try:
        syscalls.prctl(syscalls.PR_CAPBSET_DROP, number)
    except OSError as error:
        if error.errno == errno.EINVAL:
            return False
        raise
    return True


def _set(bits: int) -> None:
    """Set the effective and permitted set to `bits`, the inheritable one to nothing (capset(2))."""
    low, high = bits & 0xFFFFFFFF, bits >> 32
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)
    syscalls.syscall("capset", ctypes.byref(header), ctypes.byref(data))
