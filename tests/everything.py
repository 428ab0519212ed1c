"""Run all tests in the order in which a failure is cheapest to understand; `./docklab test` calls this.

`./docklab test unit house` runs the named groups only. Everything runs even if a group fails: one look tells all.
"""
from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Group:
    """Tests that run together: pytest's arguments, and whether they need root."""

    name: str
    arguments: tuple[str, ...]
    root: bool = False


GROUPS = (
    Group("unit", ("tests/unit", "-n2", "--dist=loadfile")),
    Group("house", ("tests/house",)),
    Group("kernel", ("tests/kernel",), root=True),
    Group("acceptance", ("tests/acceptance",), root=True),
    Group("course", ("tests/course",), root=True),
)


def run(group: Group) -> str:
    """Run one group; return what became of it."""
    if group.root and os.geteuid() != 0:
        return "failed: needs root" if os.environ.get("CI") else "not run: needs root"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *group.arguments]
    return "passed" if subprocess.run(command, cwd=ROOT, check=False).returncode == 0 else "failed"


def main(names: list[str]) -> int:
    """Run the groups and print one line for each."""
    if unknown := set(names) - {group.name for group in GROUPS}:
        print(f"no such group of tests: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    lines, began = [], time.monotonic()
    for group in GROUPS:
        if names and group.name not in names:
            continue
        print(f"== {group.name}", flush=True)
        start = time.monotonic()
        outcome = run(group)
        lines.append((group.name, outcome, time.monotonic() - start))
    print(f"\n== all, {time.monotonic() - began:.0f} s")
    for name, outcome, seconds in lines:
        print(f"{name:12} {outcome:24} {seconds:6.0f} s")
    return 1 if any(outcome.startswith("failed") for _, outcome, _ in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
