"""Interleaved rounds and medians."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

WARM_UP = 3


@dataclass(frozen=True)
class Result:
    """The median of one measure for each contestant; `unit` is ms, MiB or s."""

    row: str
    measure: str
    medians: Mapping[str, float]
    targets: Mapping[str, float]  # contestant -> smallest ratio peer/ours that meets the target
    unit: str = "ms"

    def ratio(self, peer: str) -> float:
        """Give peer/ours: above 1 we are faster, or smaller."""
        return self.medians[peer] / self.medians["docklab"]

    def lines(self) -> list[str]:
        """Spell the result, one line a peer."""
        ours = self.medians["docklab"]
        spelled = []
        for peer, value in self.medians.items():
            if peer == "docklab":
                continue
            target = self.targets.get(peer)
            met = target is None or self.ratio(peer) >= target
            verdict = "" if target is None else f"  target {target:g}x  {'met' if met else 'MISSED'}"
            spelled.append(
                f"{self.row:<11} {self.measure:<22} docklab {ours:8.1f} {self.unit}   "
                f"{peer:<9} {value:8.1f} {self.unit}   ratio {self.ratio(peer):5.2f}{verdict}"
            )
        return spelled


def interleaved(
    contestants: Mapping[str, Callable[[], object]], rounds: int, *, warm_up: int = WARM_UP
) -> dict[str, float]:
    """Run A B C A B C …; give the median of each in ms. A contestant may return its own time in seconds."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(warm_up + rounds):
        for name, run in contestants.items():
            began = time.perf_counter()
            own = run()
            took = own if isinstance(own, float) else time.perf_counter() - began
            if number >= warm_up:
                times[name].append(took * 1000)
            time.sleep(0.05)  # what happens after the answer belongs to the round before
    return {name: statistics.median(values) for name, values in times.items()}


def quiet(command: Sequence[str]) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.decode().strip()}")
