"""What a start did, kept beside the record: every operation with the time it took.

`docklab explain NAME` reads it; the shell equivalents and man pages are in `runtime.box.explain`.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..box import explain as words
from ..box.plan import Plan
from ..box.spawn import Report
from ..errors import NotFound

JSON = dict[str, Any]

_LIMITS = (
    "Memory", "MemorySwap", "MemoryReservation", "NanoCpus", "CpuShares", "CpuQuota", "CpuPeriod",
    "CpusetCpus", "CpusetMems", "PidsLimit", "BlkioWeight",
)


class Steps:
    """The steps that the daemon itself takes before the plan runs."""

    def __init__(self) -> None:
        self.taken: list[JSON] = []

    @contextlib.contextmanager
    def step(self, op: str, **details: Any) -> Iterator[Callable[[Any], None]]:
        """Time one step; yields a function that adds what came of it."""
        operation: JSON = {"op": op, **details}

        def note(value: Any) -> None:
            if dataclasses.is_dataclass(value) and not isinstance(value, type):
                operation.update(dataclasses.asdict(value))

        began = time.perf_counter()
        yield note
        operation["ms"] = round((time.perf_counter() - began) * 1000, 3)
        self.taken.append(operation)


def limits(host: JSON) -> JSON:
    """Give the limits that are set."""
    return {name: host[name] for name in _LIMITS if host.get(name)}


_unwritten: dict[Path, tuple[Steps, Plan, Report]] = {}
WRITE_AFTER = 0.1  # seconds: not while somebody waits for the start


def keep(folder: Path, steps: Steps, plan: Plan, report: Report) -> None:
    """Remember what was done and write it in a quiet moment; not worth an fsync."""
    _unwritten[folder] = (steps, plan, report)
    asyncio.get_running_loop().call_later(WRITE_AFTER, _write, folder)


def _write(folder: Path) -> None:
    kept = _unwritten.pop(folder, None)
    if kept is None:
        return
    steps, plan, report = kept
    timed = [
        {**operation, "ms": ms}
        for operation, ms in zip(plan.operations, (*report.timings, None), strict=False)
    ]
    with contextlib.suppress(FileNotFoundError):  # --rm was faster
        (folder / "plan.json").write_text(json.dumps([*steps.taken, *timed]))


def read(folder: Path, name: str) -> JSON:
    """Give the last start of a container as steps with words; NotFound when it was never started."""
    _write(folder)
    try:
        steps = json.loads((folder / "plan.json").read_text())
    except FileNotFoundError as error:
        raise NotFound(f"container {name} has never been started") from error
    return {"steps": [{**words.describe(step), "operation": step} for step in steps]}
