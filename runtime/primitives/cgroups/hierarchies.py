"""Find the control group hierarchies of this machine.

A machine has one of three forms. Version 1: one mount per controller (or per pair, "cpu,cpuacct"), each a tree
of its own. Version 2: one tree for everything, at /sys/fs/cgroup. Hybrid: version 1 for the controllers, beside
it a version 2 tree that systemd uses to name its services. Which controller is where is decided per controller,
so that every mixture works. By hand: `findmnt -t cgroup,cgroup2`; cgroups(7), "Mounting".
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# What limits, statistics and pausing need; a version 2 tree that offers none of these is left alone.
USED = ("blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "io", "memory", "pids")
CORE = ("devices", "freezer")  # version 2 has these without a controller: BPF programs and cgroup.freeze


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """One mounted tree of control groups."""

    version: int  # 1 | 2
    path: str  # where groups are made: its mount point, or the group this user may write to
    controllers: tuple[str, ...]
    option: str = ""  # the mount option that names it: "memory", "cpu,cpuacct", "name=systemd"; "" for version 2


@dataclass(frozen=True, slots=True)
class Mounted:
    """All hierarchies, and which of them has which controller."""

    hierarchies: tuple[Hierarchy, ...]

    @property
    def unified(self) -> bool:
        """Whether version 2 is all there is."""
        return any(one.version == 2 for one in self.hierarchies) and not self.mount_options

    @property
    def mount_options(self) -> tuple[str, ...]:
        """Give what names the version 1 hierarchies to mount(2)."""
        return tuple(one.option for one in self.hierarchies if one.version == 1)

    def by_controller(self) -> dict[str, Hierarchy]:
        """Give the hierarchy of each controller."""
        return {controller: one for one in self.hierarchies for controller in one.controllers}


def parse(mountinfo: Iterable[str], offered: Callable[[str], Iterable[str]]) -> Mounted:
    """Read the hierarchies out of /proc/self/mountinfo (proc(5)).

    `offered` gives the controllers of a version 2 mount point (the words of its file cgroup.controllers). A
    hierarchy that is mounted twice counts once.
    """
    first: dict[str, Hierarchy] = {}
    second = ""
    for line in mountinfo:
        left, _dash, right = line.partition(" - ")
        kind, _source, options = [*right.split(), "", "", ""][:3]
        path = _unescaped(left.split()[4]) if kind in ("cgroup", "cgroup2") else ""
        if kind == "cgroup2":
            second = second or path
        elif kind == "cgroup":
            one = _version_1(path, options)
            first.setdefault(one.option, one)
    found = tuple(first.values())
    more = _version_2(second, found, offered(second)) if second else ()
    return Mounted(found + more)


def _unescaped(path: str) -> str:
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")


def _version_1(path: str, options: str) -> Hierarchy:
    words = options.split(",")
    controllers = tuple(word for word in words if word in USED)
    named = next((word for word in words if word.startswith("name=")), "")
    others = [word for word in words if word not in ("rw", "ro", "none", "xattr", "clone_children", named)]
    others = [word for word in others if not word.startswith("release_agent=")]
    return Hierarchy(1, path, controllers, named or ",".join(others))


def _version_2(path: str, first: tuple[Hierarchy, ...], offered: Iterable[str]) -> tuple[Hierarchy, ...]:
    """Take what version 1 does not have. A tree that adds nothing is not joined: each join costs."""
    taken = {controller for one in first for controller in one.controllers}
    taken |= {"io"} if "blkio" in taken else set()
    rest = (*(word for word in offered if word in USED), *CORE)
    controllers = tuple(word for word in rest if word not in taken)
    return (Hierarchy(2, path, controllers),) if controllers else ()


def own_groups(lines: Iterable[str]) -> dict[str, str]:
    """Read /proc/self/cgroup: mount option ("" for version 2) -> path of this process's group (cgroups(7))."""
    split = (line.rstrip("\n").split(":", 2) for line in lines)
    return {parts[1]: parts[2] for parts in split if len(parts) == 3}


def usable(mounted: Mounted, own: dict[str, str], writable: Callable[[str], bool]) -> Mounted:
    """Keep what this user may write to: the whole tree, or the group it was given (delegation, cgroups(7))."""
    kept = []
    for one in mounted.hierarchies:
        delegated = one.path + own.get(one.option, "/").rstrip("/")
        path = next((path for path in (one.path, delegated) if writable(path)), None)
        if path is not None:
            kept.append(Hierarchy(one.version, path, one.controllers, one.option))
    return Mounted(tuple(kept))


@functools.lru_cache(maxsize=1)
def mounted() -> Mounted:
    """Find the hierarchies of this machine; asked once per process, and once for all that are forked from it."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        found = parse(file, _offered)
    with open("/proc/self/cgroup", encoding="utf-8", errors="surrogateescape") as file:
        own = own_groups(file)
    return usable(found, own, lambda path: os.access(path, os.W_OK))


def _offered(path: str) -> list[str]:
    try:
        with open(f"{path}/cgroup.controllers", encoding="ascii") as file:
            return file.read().split()
    except OSError:
        return []
