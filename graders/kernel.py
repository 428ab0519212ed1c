"""The second witness: what the kernel says of a process, read from /proc.

The parsers take text or lines, never a path, so they test without a kernel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .check import Ungradable

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One process as the host's kernel shows it."""

    pid: int  # on the host
    inner: int  # in its own process namespace
    parent: int
    state: str  # R, S, Z, …
    command: tuple[str, ...]
    cgroups: tuple[str, ...]
    began: int  # clock ticks since boot: tells a process from a later one with the same number

    def namespace(self, kind: str) -> str:
        """Name the namespace of one kind it lives in: pid:[4026531836]."""
        try:
            return str((PROC / str(self.pid) / "ns" / kind).readlink())
        except PermissionError:
            raise Ungradable(f"no permission to look at process {self.pid}: graders need root") from None

    def path(self, inside: str) -> Path:
        """Give the host's path to a file as the process sees it."""
        return PROC / str(self.pid) / "root" / inside.lstrip("/")


def process(pid: int) -> Process | None:
    """Look a process up; None where there is none."""
    try:
        folder = PROC / str(pid)
        status = (folder / "status").read_text(encoding="utf-8", errors="replace")
        command = (folder / "cmdline").read_bytes()
        cgroups = (folder / "cgroup").read_text(encoding="utf-8")
        stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = parse_status(status.splitlines())
    return Process(
        pid, int(fields["NSpid"].split()[-1]), int(fields["PPid"]), fields["State"][0],
        parse_command(command), parse_cgroups(cgroups.splitlines()), parse_began(stat),
    )


def processes() -> list[Process]:
    """List every process of the host."""
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return [found for pid in sorted(pids) if (found := process(pid))]


def parse_status(lines: Iterable[str]) -> dict[str, str]:
    """Read /proc/PID/status."""
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def parse_command(data: bytes) -> tuple[str, ...]:
    """Read /proc/PID/cmdline; a zombie has none."""
    return tuple(part.decode(errors="replace") for part in data.split(b"\0")[:-1])


def parse_cgroups(lines: Iterable[str]) -> tuple[str, ...]:
    """Read /proc/PID/cgroup: the path in each hierarchy."""
    return tuple(line.split(":", 2)[2].strip() for line in lines if line.count(":") >= 2)


def parse_began(stat: str) -> int:
    """Read the start time, field 22 of /proc/PID/stat; the name before it may hold spaces and brackets."""
    return int(stat.rpartition(")")[2].split()[19])
