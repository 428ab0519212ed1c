"""Capabilities: root's power in pieces.

Since Linux 2.2 the kernel asks not "is it root?" but "has it CAP_…?". A process has five sets of them; what execve(2)
gives is worked out from these and from the file. Docker leaves 14 of 41 to a container's root.

    capsh --print                                          what I have
    setpriv --bounding-set=-all,+chown --inh-caps=-all sh   a shell that can chown and nothing else
    grep Cap /proc/self/status                              the sets as bit masks

Manual: capabilities(7), capset(2), prctl(2).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

from ...kernel import syscalls

# Number of each capability is its place (linux/capability.h).
NAMES = tuple(
    "CAP_" + name
    for name in (
        *("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"),
        *("LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER"),
        *("SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE"),
        *("SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL"),
        *("SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ"),
        *("PERFMON", "BPF", "CHECKPOINT_RESTORE"),
    )
)
DEFAULT = frozenset(
    "CAP_" + name
    for name in (
        *("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"),
        *("NET_BIND_SERVICE", "NET_RAW", "SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP"),
    )
)
_VERSION_3 = 0x20080522  # _LINUX_CAPABILITY_VERSION_3


def available() -> frozenset[str]:
    """Give what this process could hand on: its bounding set."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        mask = next(int(line.split()[1], 16) for line in file if line.startswith("CapBnd"))
    return frozenset(name for number, name in enumerate(NAMES) if mask >> number & 1)


def _named(text: str) -> str:
    name = text.upper()
    name = name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}"
    if name not in NAMES and name not in ("ALL", "CAP_ALL"):
        raise ValueError(f'invalid capability: "{name}"')
    return "ALL" if name == "CAP_ALL" else name


def decide(add: Iterable[str], drop: Iterable[str], *, privileged: bool = False) -> frozenset[str]:
    """Work out what --cap-add, --cap-drop and --privileged leave; ValueError in Docker's words for unknown names."""
    added, dropped = {_named(name) for name in add}, {_named(name) for name in drop}
    if privileged:
        return available()
    everything = available()
    if "ALL" in added:
        return everything - dropped
    kept = frozenset() if "ALL" in dropped else DEFAULT - dropped
    return (kept | (added - {"ALL"})) & everything


def mask(names: Iterable[str]) -> int:
    """Give the bit mask of a set."""
    return sum(1 << NAMES.index(name) for name in set(names))


def _set(permitted: int) -> None:
    """Call capset(2): permitted and effective alike, nothing inheritable."""
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    low, high = permitted & 0xFFFFFFFF, permitted >> 32
    data = (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)
    syscalls.syscall("capset", ctypes.byref(header), ctypes.byref(data))


def apply(kept: frozenset[str], *, uid: int = 0, gid: int = 0, groups: tuple[int, ...] = ()) -> None:
    """Give up everything but `kept` and become `uid`:`gid`. For a user who is not root nothing is left at all.

    Order: bounding set while we may (CAP_SETPCAP), ids while we may (CAP_SETUID), the other sets last.
    """
    last = int(_read("/proc/sys/kernel/cap_last_cap") or len(NAMES) - 1)
    for number in range(last + 1):
        if number >= len(NAMES) or NAMES[number] not in kept:
            syscalls.prctl(syscalls.PR_CAPBSET_DROP, number)
    os.setgroups(groups)
    os.setgid(gid)
    os.setuid(uid)
    syscalls.prctl(syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL)
    _set(mask(kept) if uid == 0 else 0)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:  # no /proc in a bare root
        return ""
