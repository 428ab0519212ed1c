"""python -m bench [ROW …]: measure docklab against its peers, every row of the table of figures.

Peers and ours take turns in one run; the medians are quoted, with the ratio peer/ours and its target. Exit status 1
when a target is missed. Needs root, `bench/peers.sh`, and a quiet machine.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from runtime.kernel import syscalls

from . import engines, rows
from .rounds import Result

ROWS = ("run", "exec", "client", "parallel", "memory", "verbs", "logs")


def main() -> int:
    """Run the rows that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {', '.join(ROWS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=20, help="rounds after the warm-up (default 20)")
    parser.add_argument("--client", default=shutil.which("docker") or "docker", help="the real docker client")
    parser.add_argument("--images", type=Path, required=True, help="docker-archive of busybox:latest")
    parser.add_argument("--without", action="append", default=[], help="leave a peer out: dockerd, podman")
    options = parser.parse_args()
    _plain_cgroups()
    kinds = [kind for kind in (engines.Ours, engines.Dockerd, engines.Podman) if kind.name not in options.without]
    scratch = Path(tempfile.mkdtemp(prefix="docklab-bench-", dir="/var/tmp"))
    missed = 0
    try:
        with engines.running(scratch, options.client, kinds, [options.images]) as found:
            for row in options.rows or ROWS:
                for result in _rows(row, found, options, scratch):
                    print("\n".join(result.lines()), flush=True)
                    missed += sum(result.ratio(peer) < least for peer, least in _known(result).items())
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return 1 if missed else 0


def _plain_cgroups() -> None:
    """crun refuses a machine with both versions of control groups: hide the second from everybody here alike."""
    if Path("/sys/fs/cgroup/unified/cgroup.procs").exists():
        syscalls.unshare(syscalls.CLONE_NEWNS)
        syscalls.mount("none", "/", None, syscalls.MS_PRIVATE | syscalls.MS_REC)
        syscalls.umount2("/sys/fs/cgroup/unified")


def _known(result: Result) -> dict[str, float]:
    return {peer: least for peer, least in result.targets.items() if peer in result.medians}


def _rows(row: str, found: rows.Engines, options: argparse.Namespace, scratch: Path) -> list[Result]:
    table: dict[str, Callable[[], list[Result]]] = {
        "run": lambda: rows.run(found, options.rounds, scratch, options.images),
        "exec": lambda: rows.execute(found, options.rounds),
        "client": lambda: rows.client(found, options.rounds, options.client),
        "parallel": lambda: rows.parallel(found, options.rounds),
        "memory": lambda: rows.memory(found),
        "verbs": lambda: rows.verbs(found, options.rounds),
        "logs": lambda: rows.logs(found, options.rounds, scratch),
    }
    if row not in table:
        raise SystemExit(f"no such row: {row} (of: {', '.join(ROWS)})")
    return table[row]()


sys.exit(main())
