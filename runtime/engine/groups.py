"""Where the containers' control groups are: below the group that `--cgroup-parent` names.

One daemon is one process with one parent group, so it is a variable of this module, set when the engine is made.
"""

from __future__ import annotations

import contextlib

from ..primitives import cgroups

parent = "docklab"


def name(identity: str) -> str:
    """Give the name of a container's control group."""
    return f"{parent}/{identity}"


def discard(group: str) -> None:
    """Kill what is left in a control group and remove it; one that is gone already is fine."""
    with contextlib.suppress(FileNotFoundError):
        cgroups.kill(group)  # what a shared pid namespace kept alive
        cgroups.remove(group)


def ran_out_of_memory(group: str) -> bool:
    """Say whether the kernel killed a process of the group for its memory limit."""
    try:
        return cgroups.oom_count(group) > 0
    except OSError:
        return False
