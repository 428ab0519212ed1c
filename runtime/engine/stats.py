"""`docker stats` and `docker top`: what a container uses, and which processes are in it.

Both are seen from the host: the numbers are those of the container's control groups and of its network
namespace (/proc/PID/net/dev), the processes those of ps(1), narrowed down to the group's.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest, Conflict, EngineError
from ..model.container import NEVER, Container
from ..model.states import Status
from ..primitives import cgroups
from . import clock
from .lifecycle import group_name

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]

_DISK = (
    *("io_service_bytes_recursive", "io_serviced_recursive", "io_queue_recursive", "io_service_time_recursive"),
    *("io_wait_time_recursive", "io_merged_recursive", "io_time_recursive", "sectors_recursive"),
)
_NOTHING: JSON = {
    "pids_stats": {},
    "blkio_stats": dict.fromkeys(_DISK),
    "cpu_stats": {
        "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    },
    "memory_stats": {},
}
_COUNTERS = ("bytes", "packets", "errors", "dropped")  # the first four columns of each direction in net/dev
_RENAMED_PID = re.compile(r"\s([^\s]*)=\s*(PID[^\s]*)")


class Stats:
    """Samples and process lists of containers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def sample(self, container: Container) -> JSON:
        """Measure a container once, in the shape of `GET /containers/{id}/stats`."""
        measured, networks, read = _NOTHING, None, NEVER
        if container.state.running:
            measured, networks = await self.engine.in_thread(_measure, container)
            read = clock.now()
        return {
            "read": read,
            "preread": NEVER,
            "num_procs": 0,
            "storage_stats": {},
            **measured,
            "precpu_stats": _NOTHING["cpu_stats"],
            "name": f"/{container.name}",
            "id": container.id,
            **({"networks": networks} if networks else {}),
        }

    async def top(self, container: Container, ps_args: str) -> JSON:
        """List a container's processes as `ps ps_args` shows them."""
        if container.state.status is Status.RESTARTING:
            raise Conflict(f"Container {container.id} is restarting, wait until the container is running")
        if not container.state.running:
            raise Conflict(f"Container {container.id} is not running")
        if match := _RENAMED_PID.search(ps_args):
            raise BadRequest(f'specifying "{match[1]}={match[2]}" is not allowed')
        pids = set(await self.engine.in_thread(cgroups.processes, group_name(container.id)))
        return table(await self.engine.in_thread(_ps, ps_args.split() or ["-ef"]), pids)


def _measure(container: Container) -> tuple[JSON, JSON]:
    try:
        networks: JSON = {}
        if container.host["NetworkMode"] != "host":
            with open(f"/proc/{container.state.pid}/net/dev", encoding="ascii", errors="replace") as file:
                networks = interfaces(file)
        return cgroups.usage(group_name(container.id)), networks
    except OSError:  # it ended at this moment
        return _NOTHING, {}


def interfaces(lines: Iterable[str]) -> JSON:
    """Read the counters of all interfaces but lo from the lines of /proc/PID/net/dev."""
    found: JSON = {}
    for line in lines:
        name, colon, rest = line.partition(":")
        values = rest.split()
        if colon and name.strip() != "lo" and len(values) >= 16:
            found[name.strip()] = {
                **{f"rx_{field}": int(values[place]) for place, field in enumerate(_COUNTERS)},
                **{f"tx_{field}": int(values[8 + place]) for place, field in enumerate(_COUNTERS)},
            }
    return found


def _ps(arguments: list[str]) -> str:
    try:
        return subprocess.run(["ps", *arguments], capture_output=True, check=True, text=True, errors="replace").stdout
    except FileNotFoundError:
        raise EngineError("ps: not installed on this machine") from None
    except subprocess.CalledProcessError as error:
        raise EngineError(f"ps: {error.stderr.strip() or f'exit status {error.returncode}'}") from None


def table(output: str, pids: Collection[int]) -> JSON:
    """Cut ps's output into columns and keep the lines of `pids`; the last column may hold spaces."""
    titles, *lines = [line.split() for line in output.splitlines() if line.strip()] or [[]]
    if "PID" not in titles:
        raise EngineError("Couldn't find PID field in ps output")
    place, last = titles.index("PID"), len(titles) - 1
    kept: list[list[str]] = []
    taken = False  # lines without a pid are threads of the process above them (ps -T, -m)
    for words in lines:
        pid = words[place] if len(words) > place else ""
        taken = int(pid) in pids if pid.isdigit() else taken and pid == "-"
        if taken:
            kept.append([*words[:last], " ".join(words[last:])])
    return {"Titles": titles, "Processes": kept}
