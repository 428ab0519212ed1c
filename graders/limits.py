"""Limits for work that is not trusted: a control group, and the command line that puts a program into it.

Only the file system interface of control groups is used, v1 and v2 alike; what a group holds can always be
ended, a fork bomb too: with no new processes allowed, the old ones run out.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .check import Ungradable

USER = 64321  # no account has it: the work owns its own folder and nothing else
PROCESSES = 512
MEMORY = 1 << 30
FILE = 2 << 30  # the largest file that the work may write


def hierarchies(lines: Iterable[str]) -> dict[str, Path]:
    """Read /proc/self/mountinfo: where each controller of version 1 is mounted; "" is the unified hierarchy."""
    found: dict[str, Path] = {}
    for line in lines:
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split()[0], *rest.split()[1:3]
        place = Path(fields.split()[4])
        if kind == "cgroup":
            found |= dict.fromkeys(set(options.split(",")) - {"rw", "ro"}, place)
        elif kind == "cgroup2":
            found[""] = place
    return found


class Group:
    """One control group, in every hierarchy that matters."""

    def __init__(self, name: str) -> None:
        with Path("/proc/self/mountinfo").open(encoding="utf-8") as lines:
            places = hierarchies(lines)
        self.everywhere = [place / name for place in dict.fromkeys(places.values())]  # an engine joins them all
        unified = "" in places and not {"pids", "memory"} & places.keys()
        self.settings = {"pids": ("pids.max", PROCESSES), "memory": ("memory.limit_in_bytes", MEMORY)}
        if unified:
            self.settings = {"": ("pids.max", PROCESSES), " ": ("memory.max", MEMORY)}
            places[" "] = places[""]
        self.name = name
        self.folders = {kind: places[kind] / name for kind in self.settings if kind in places}
        if not self.folders:
            raise Ungradable("no control groups are mounted: the work cannot be limited")

    def make(self) -> None:
        """Make the group and set its limits."""
        try:
            for kind, folder in self.folders.items():
                folder.mkdir(exist_ok=True)
                file, value = self.settings[kind]
                self.delegate(folder.parent)
                (folder / file).write_text(str(value), encoding="ascii")
        except OSError as error:
            raise Ungradable(f"the work cannot be limited: {error}; grading needs root") from None

    def delegate(self, parent: Path) -> None:
        """Let groups below the parent have the controllers; only v2 has to be told."""
        control = parent / "cgroup.subtree_control"
        if control.exists():
            control.write_text("+pids +memory", encoding="ascii")

    def prefix(self) -> list[str]:
        """Give the command line that joins the group and runs what follows."""
        files = " ".join(f"{folder}/cgroup.procs" for folder in dict.fromkeys(self.folders.values()))
        join = f'for file in {files}; do echo $$ > "$file" || exit 126; done; exec "$@"'
        return ["sh", "-c", join, "sh"]

    def pids(self) -> set[int]:
        """List the processes in it and in the groups below."""
        found: set[int] = set()
        for folder in self.folders.values():
            for file in folder.rglob("cgroup.procs"):
                try:
                    found |= {int(line) for line in file.read_text(encoding="ascii").split()}
                except OSError:  # the group went away while it was looked at
                    continue
        return found

    def kill(self, *, seconds: float = 10.0) -> None:
        """End everything in it; raise Ungradable where something will not go."""
        for folder in self.folders.values():
            if (folder / "pids.max").exists():
                (folder / "pids.max").write_text("0", encoding="ascii")
        ends = time.monotonic() + seconds
        while pids := self.pids():
            for pid in pids:
                end(pid)
            if time.monotonic() > ends:
                raise Ungradable(f"processes {sorted(pids)[:5]} of the work would not end")
            time.sleep(0.01)

    def remove(self) -> None:
        """Remove the group and those below it, once nothing is in them."""
        for folder in self.everywhere:
            for below in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
                drop(below)
            drop(folder)


def end(pid: int) -> None:
    """Kill a process that may have ended already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def drop(folder: Path, *, seconds: float = 2.0) -> None:
    """Remove a control group's folder; the kernel may need a moment after its last process."""
    ends = time.monotonic() + seconds
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > ends:
                return
            time.sleep(0.02)
        else:
            return


def unprivileged() -> list[str]:
    """Give the command line that runs what follows as nobody in particular, with small files only."""
    return ["prlimit", f"--fsize={FILE}", "--core=0", "setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]


@contextmanager
def group(name: str) -> Iterator[Group]:
    """Make a group for a while."""
    made = Group(name)
    made.kill()  # what a grader left that was killed itself
    made.make()
    try:
        yield made
    finally:
        made.kill()
        made.remove()
