"""Where the containers' control groups are: below the group that `--cgroup-parent` names.

One daemon is one process with one parent group, so it is a variable of this module, set when the engine is made.
"""

from __future__ import annotations

parent = "docklab"


def name(identity: str) -> str:
    """Give the name of a container's control group."""
    return f"{parent}/{identity}"
