"""Control groups: how much a set of processes may use, and how much it has used.

The kernel shows them as folders. A group is made with mkdir, limited by writing numbers into its files, joined
by writing a pid, and removed with rmdir once it is empty; a child is born into the group of its parent.

    mkdir /sys/fs/cgroup/docklab/web                              mkdir /sys/fs/cgroup/{memory,pids}/docklab/web
    echo 64M > /sys/fs/cgroup/docklab/web/memory.max              echo 64M > …/memory/docklab/web/memory.limit_in_bytes
    echo 50000 100000 > /sys/fs/cgroup/docklab/web/cpu.max        echo 50000 > …/cpu/docklab/web/cpu.cfs_quota_us
    echo $$ > /sys/fs/cgroup/docklab/web/cgroup.procs             echo $$ > …/{memory,pids}/docklab/web/cgroup.procs

Left is version 2 (one tree), right version 1 (a tree per controller); many machines have something of both.
Where a controller is mounted is found by `hierarchies`, what a limit is called in either version is the table in
`limits`, device files have their own file, and so have statistics. Manual: cgroups(7), cgroup_namespaces(7).
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import time
from collections.abc import Iterator
from typing import Any

from ...kernel import bpf
from . import devices, limits, statistics
from .hierarchies import Hierarchy, Mounted, mounted

__all__ = [
    "Mounted",
    "create",
    "features",
    "freeze",
    "join",
    "kill",
    "limit",
    "mounted",
    "oom_count",
    "processes",
    "remove",
    "rename",
    "thaw",
    "update",
    "usage",
]

JSON = dict[str, Any]
PATIENCE = 5.0  # seconds for the kernel to stop or end processes; it takes microseconds unless a disk hangs
_CONTROLLERS_2 = ("cpu", "cpuset", "io", "memory", "pids")


def _versions() -> dict[str, int]:
    return {name: one.version for name, one in mounted().by_controller().items()}


def _write(path: str, value: str) -> None:
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, value.encode("ascii"))
        finally:
            os.close(fd)
    except OSError as error:
        raise OSError(error.errno, f"write {path}: {value!r}: {os.strerror(error.errno or 0).lower()}") from error


def _read(path: str) -> str:
    """Read a file of a group; "" when the kernel does not have it."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def create(name: str) -> None:
    """Make the group `name` ("docklab/web") in every hierarchy; one that exists stays as it is."""
    for one in mounted().hierarchies:
        path = f"{one.path}/{name}"
        try:
            os.mkdir(path, 0o755)
        except FileExistsError:
            continue
        except FileNotFoundError:
            _make_parents(one, name)
            with contextlib.suppress(FileExistsError):
                os.mkdir(path, 0o755)


def _make_parents(one: Hierarchy, name: str) -> None:
    """Make the groups above `name` and let them hand their controllers on."""
    path = one.path
    if one.version == 2:
        _hand_on(path)
    for part in name.split("/")[:-1]:
        path = f"{path}/{part}"
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o755)
        if one.version == 2:
            _hand_on(path)
        elif "cpuset" in one.controllers:
            _inherit_processors(path)


def _inherit_processors(path: str) -> None:
    """A version 1 cpuset is born empty and nobody may join it; with clone_children its children are born full."""
    for file in ("cpuset.cpus", "cpuset.mems"):
        if not _read(f"{path}/{file}").strip():
            _write(f"{path}/{file}", _read(f"{os.path.dirname(path)}/{file}").strip())
    _write(f"{path}/cgroup.clone_children", "1")


def _hand_on(path: str) -> None:
    """Version 2: a group's children have the controllers that its cgroup.subtree_control names."""
    offered = _read(f"{path}/cgroup.controllers").split()
    active = _read(f"{path}/cgroup.subtree_control").split()
    wanted = [f"+{name}" for name in _CONTROLLERS_2 if name in offered and name not in active]
    if not wanted:
        return
    try:
        _write(f"{path}/cgroup.subtree_control", " ".join(wanted))
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        _make_room(path)
        _write(f"{path}/cgroup.subtree_control", " ".join(wanted))


def _make_room(path: str) -> None:
    """Move a group's own processes into a child: with processes of its own it may not hand on controllers.

    Only the machine's real root may do both (cgroup-v2.rst, "No Internal Process Constraint"); the root that a
    cgroup namespace shows, inside a container or a lab host, is an ordinary group.
    """
    child = f"{path}/init"
    with contextlib.suppress(FileExistsError):
        os.mkdir(child, 0o755)
    while pids := _read(f"{path}/cgroup.procs").split():
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                _write(f"{child}/cgroup.procs", pid)


def join(name: str, pid: int = 0) -> None:
    """Move a process into the group; 0 is the caller, which must have one thread.

    The caller writes into version 1's `tasks`: moving one's own single thread is the case in which the kernel
    need not stop all forks of the machine meanwhile (kernel/cgroup, threadgroup lock), and that wait for an RCU
    grace period is 10 ms on an idle machine against 0.02 ms.
    """
    for one in mounted().hierarchies:
        file = "tasks" if one.version == 1 and pid == 0 else "cgroup.procs"
        _write(f"{one.path}/{name}/{file}", str(pid))


def limit(name: str, host: JSON) -> None:
    """Limit a new group as Docker's `HostConfig` asks; OSError spells the file and the value that failed."""
    update(name, host)
    allowed = devices.rules(host)
    if allowed is not None:
        _limit_devices(name, allowed)


def update(name: str, host: JSON) -> None:
    """Set the limits of a group in use; its devices stay as they are.

    Memory must never be more than memory plus swap, not even in between: which of the two has to be written
    first depends on what was there, so a write that is refused as invalid is tried again after the others.
    """
    where = mounted().by_controller()
    again: list[limits.Write] = []
    for one in limits.writes(host, _versions()):
        try:
            _set(where[one.controller], name, one)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            again.append(one)
    for one in again:
        _set(where[one.controller], name, one)


def _set(hierarchy: Hierarchy, name: str, one: limits.Write) -> None:
    """Write one limit. A file that this kernel does not have is passed over: `features` told of it before."""
    with contextlib.suppress(FileNotFoundError):
        _write(f"{hierarchy.path}/{name}/{one.file}", one.value)


def _limit_devices(name: str, allowed: tuple[devices.Rule, ...]) -> None:
    one = mounted().by_controller().get("devices")
    if one is None:
        return
    path = f"{one.path}/{name}"
    if one.version == 2:
        program = bpf.load_device_program(devices.program(allowed))
        try:
            bpf.attach_device_program(path, program)
        finally:
            os.close(program)
        return
    _write(f"{path}/devices.deny", "a")
    fd = os.open(f"{path}/devices.allow", os.O_WRONLY | os.O_CLOEXEC)
    try:
        for rule in allowed:
            os.write(fd, str(rule).encode("ascii"))
    finally:
        os.close(fd)


def _below(path: str) -> list[str]:
    """Give a group's folder and those of the groups in it, deepest first."""
    return [folder for folder, _folders, _files in os.walk(path, topdown=False)]


def processes(name: str) -> list[int]:
    """Give the pids of all processes in the group and in the groups below it."""
    found: set[int] = set()
    for one in mounted().hierarchies:
        for folder in _below(f"{one.path}/{name}"):
            found.update(int(word) for word in _read(f"{folder}/cgroup.procs").split())
        break  # all hierarchies hold the same processes
    return sorted(found)


def freeze(name: str) -> None:
    """Stop all processes of the group where they are, and return once they stand still."""
    one = mounted().by_controller()["freezer"]
    path = f"{one.path}/{name}"
    if one.version == 2:
        _write(f"{path}/cgroup.freeze", "1")
        _until_event(path, "frozen 1")
        return
    _write(f"{path}/freezer.state", "FROZEN")
    # Version 1 notifies nobody. Reading is what makes it look whether all have stopped
    # (cgroup-v1/freezer-subsystem.rst), so there is nothing else to wait for.
    end = time.monotonic() + PATIENCE
    while _read(f"{path}/freezer.state").strip() != "FROZEN":
        if time.monotonic() > end:
            _write(f"{path}/freezer.state", "THAWED")
            raise TimeoutError(errno.ETIMEDOUT, f"unable to freeze {path}")
        os.sched_yield()


def thaw(name: str) -> None:
    """Let the processes of the group go on."""
    one = mounted().by_controller()["freezer"]
    path = f"{one.path}/{name}"
    if one.version == 2:
        _write(f"{path}/cgroup.freeze", "0")
        _until_event(path, "frozen 0")
    else:
        _write(f"{path}/freezer.state", "THAWED")


def _until_event(path: str, line: str) -> None:
    """Wait until cgroup.events of a version 2 group says `line`; the kernel wakes those that poll it."""
    fd = os.open(f"{path}/cgroup.events", os.O_RDONLY | os.O_CLOEXEC)
    try:
        poll = select.poll()
        poll.register(fd, select.POLLPRI)
        end = time.monotonic() + PATIENCE
        while line not in os.pread(fd, 4096, 0).decode("ascii").splitlines():
            if not poll.poll(max(end - time.monotonic(), 0) * 1000):
                raise TimeoutError(errno.ETIMEDOUT, f"{path}: no {line!r} within {PATIENCE} s")
    finally:
        os.close(fd)


def kill(name: str) -> None:
    """Kill all processes of the group, however fast they fork; returns once they are dead."""
    one = mounted().by_controller().get("freezer")
    if one is not None and one.version == 2 and os.path.exists(f"{one.path}/{name}/cgroup.kill"):
        _write(f"{one.path}/{name}/cgroup.kill", "1")
    elif processes(name):
        with contextlib.suppress(OSError):
            freeze(name)  # who stands still does not fork
        for pid in processes(name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        thaw(name)  # version 1: a frozen process cannot even die
    _until_dead(name)


def _until_dead(name: str) -> None:
    """Wait for the end of every process of the group, by pidfd (which polls readable then)."""
    end = time.monotonic() + PATIENCE
    for fd in _pidfds(processes(name)):
        if not select.select([fd], [], [], max(end - time.monotonic(), 0))[0]:
            return


def _pidfds(pids: list[int]) -> Iterator[int]:
    for pid in pids:
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            yield fd
        finally:
            os.close(fd)


def oom_count(name: str) -> int:
    """Give how many processes of the group were killed because it was out of memory."""
    return statistics.out_of_memory(_reader(name), _versions())


def usage(name: str) -> JSON:
    """Give what the group has used: cpu_stats, memory_stats, pids_stats and blkio_stats of Docker's stats."""
    page, pages = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_PHYS_PAGES")
    measured = statistics.measure(_reader(name), _versions(), host_memory=page * pages)
    measured["cpu_stats"] |= statistics.machine(_read("/proc/stat"))
    return measured


def _reader(name: str) -> statistics.Read:
    where = mounted().by_controller()

    def read(file: str) -> str:
        one = where.get(file.partition(".")[0])
        return _read(f"{one.path}/{name}/{file}") if one else ""

    return read


def remove(name: str) -> None:
    """Remove the group and the groups that were made in it; what still ends in it is waited for."""
    for one in mounted().hierarchies:
        path = f"{one.path}/{name}"
        try:
            os.rmdir(path)
        except FileNotFoundError:
            continue
        except OSError:  # EBUSY: groups in it, or a process that is not quite gone
            _until_dead(name)
            for folder in _below(path):
                os.rmdir(folder)


def rename(old: str, new: str) -> None:
    """Give the group another last name. Version 1 can, version 2 refuses (OSError EPERM)."""
    for one in mounted().hierarchies:
        os.rename(f"{one.path}/{old}", f"{one.path}/{new}")


def features() -> frozenset[str]:
    """Give the controllers that this machine can limit with, as `docker info` asks for them."""
    return frozenset(mounted().by_controller())
