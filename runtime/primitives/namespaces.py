"""Namespaces: a process's own view of what is otherwise one for the whole machine.

A namespace wraps one global thing of the kernel so that the processes in it have their own: the mounts (mnt),
process numbers (pid), network devices and ports (net), host name (uts), System V memory and message queues (ipc),
the root of the control groups (cgroup), user numbers (user), clocks (time). A container is nothing but processes
whose namespaces differ from the host's.

By hand:

    ls -l /proc/self/ns                      which ones I am in: equal numbers, same namespace
    unshare --uts --fork sh -c 'hostname x; hostname'       get a new one   (unshare(2))
    nsenter --target PID --net ip address                   enter another's (setns(2))
    lsns                                                    all there are

Three calls make and enter them: clone(2) for a child, unshare(2) for oneself, setns(2) for one that exists. Two
are odd: a new *pid* namespace begins with the next child, which is its process 1; when that one dies the kernel
kills all others in it. A namespace lives as long as a process is in it, a descriptor is open on its file in
/proc/PID/ns, or that file is bind-mounted somewhere.

Manual: namespaces(7), pid_namespaces(7), mount_namespaces(7), network_namespaces(7), unshare(2), setns(2).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from ..kernel import syscalls

# What /proc/PID/ns calls it -> the flag of clone(2), unshare(2) and setns(2)
KINDS = {
    "cgroup": syscalls.CLONE_NEWCGROUP,
    "ipc": syscalls.CLONE_NEWIPC,
    "mnt": syscalls.CLONE_NEWNS,
    "net": syscalls.CLONE_NEWNET,
    "pid": syscalls.CLONE_NEWPID,
    "time": syscalls.CLONE_NEWTIME,
    "user": syscalls.CLONE_NEWUSER,
    "uts": syscalls.CLONE_NEWUTS,
}


def flags(kinds: Iterable[str]) -> int:
    """Combine the flags of several kinds."""
    value = 0
    for kind in kinds:
        value |= KINDS[kind]
    return value


def of(pid: int | str = "self") -> dict[str, int]:
    """Give the namespaces a process is in: kind -> inode number, which is the namespace's name."""
    found = {}
    for kind in KINDS:
        try:
            found[kind] = os.stat(f"/proc/{pid}/ns/{kind}").st_ino
        except FileNotFoundError:  # a kind younger than this kernel, or a process that is gone
            continue
    if not found:
        raise ProcessLookupError(f"no process {pid}")
    return found


def shared(one: int | str, other: int | str = "self") -> frozenset[str]:
    """Give the kinds in which two processes see the same."""
    mine, theirs = of(one), of(other)
    return frozenset(kind for kind, number in mine.items() if theirs.get(kind) == number)


def leave(*kinds: str) -> None:
    """Give this process new namespaces of these kinds (unshare(2)); a new pid namespace is for its children."""
    syscalls.unshare(flags(kinds))


def enter(pid: int, *kinds: str) -> None:
    """Bring this process into namespaces of another (setns(2) with a pidfd, Linux 5.8)."""
    process = os.pidfd_open(pid)
    try:
        syscalls.setns(process, flags(kinds))
    finally:
        os.close(process)


def isolated(function: Callable[[], int | None], *kinds: str) -> int:
    """Run a function in a child with new namespaces of these kinds, and give its exit code.

    With "pid" among them the function runs as process 1 of the new one. For notebooks and tests: a notebook's
    own process stays where it is.
    """
    child = os.fork()
    if child == 0:
        _become(function, kinds)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _become(function: Callable[[], int | None], kinds: tuple[str, ...]) -> None:
    code = 1
    try:
        leave(*kinds)
        if "mnt" in kinds:  # systemd shares all mounts: without this ours would show up on the host
            syscalls.mount("none", "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
        code = isolated(function) if "pid" in kinds else function() or 0
    finally:
        os._exit(code)  # the child never returns into the caller's program
