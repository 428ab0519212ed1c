"""What a limit is called in the kernel: one table, version 1 and version 2 as two columns.

The left side is Docker's `HostConfig` (Engine API, "Resources"). A value that was not asked for writes nothing;
the group then keeps what the kernel gave it. Sources: the kernel's admin-guide/cgroup-v1/*.rst and
admin-guide/cgroup-v2.rst, in the order of the table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]
Values = Callable[[JSON], Iterable[str]]

PERIOD = 100_000  # microseconds, the kernel's own default for CPU quotas


@dataclass(frozen=True, slots=True)
class Row:
    """One limit: the file and what is written into it, for either version; "" where a version has none."""

    file1: str
    values1: Values
    file2: str
    values2: Values


@dataclass(frozen=True, slots=True)
class Write:
    """One value for one file of the group."""

    file: str
    value: str

    @property
    def controller(self) -> str:
        """The controller that owns the file is the first word of its name."""
        return self.file.partition(".")[0]


def _nothing(_host: JSON) -> Iterable[str]:
    return ()


def _number(field: str) -> Values:
    """Write a number as it is; 0 and none mean "not asked for"."""
    return lambda host: [str(host[field])] if host.get(field) else []


def _bytes(field: str) -> Values:
    """Write a size, version 2: -1 is spelled "max" there."""
    return lambda host: [_or_max(host[field])] if host.get(field) else []


def _or_max(value: int) -> str:
    return "max" if value < 0 else str(value)


def _text(field: str) -> Values:
    return lambda host: [host[field]] if host.get(field) else []


def memory_and_swap(host: JSON) -> int:
    """Give the limit of memory plus swap: as asked, or Docker's twice the memory."""
    return int(host.get("MemorySwap") or max(host.get("Memory") or 0, 0) * 2)


def _swap1(host: JSON) -> Iterable[str]:
    return [str(memory_and_swap(host))] if memory_and_swap(host) else []


def _swap2(host: JSON) -> Iterable[str]:
    """Version 2 counts swap alone, Docker and version 1 count memory plus swap."""
    both, memory = memory_and_swap(host), host.get("Memory") or 0
    if both < 0:
        return ["max"]
    return [str(both - memory)] if memory > 0 and both else []


def _swappiness(host: JSON) -> Iterable[str]:
    value = host.get("MemorySwappiness")
    return [str(value)] if value is not None and value >= 0 else []


def _no_oom_kill(host: JSON) -> Iterable[str]:
    return ["1"] if host.get("OomKillDisable") else []


def _weight(host: JSON) -> Iterable[str]:
    """Map shares 2…262144 (1024 is normal) on weights 1…10000, as the OCI runtimes do."""
    shares = min(max(host.get("CpuShares") or 0, 0), 262144)
    return [str(1 + (max(shares, 2) - 2) * 9999 // 262142)] if shares else []


def quota(host: JSON) -> tuple[int, int]:
    """Give CPU time and period in microseconds; time 0: not asked for, -1: no limit."""
    period = host.get("CpuPeriod") or 0
    if nano := host.get("NanoCpus"):
        return nano * (period or PERIOD) // 1_000_000_000, period or PERIOD
    return host.get("CpuQuota") or 0, period


def _period1(host: JSON) -> Iterable[str]:
    period = quota(host)[1]
    return [str(period)] if period else []


def _quota1(host: JSON) -> Iterable[str]:
    time = quota(host)[0]
    return [str(time)] if time else []


def _quota2(host: JSON) -> Iterable[str]:
    time, period = quota(host)
    if not time and not period:
        return []
    return [f"{_or_max(time or -1)} {period or PERIOD}"]


def _processes(host: JSON) -> Iterable[str]:
    limit = host.get("PidsLimit")
    return [] if limit is None else [str(limit) if limit > 0 else "max"]


def _io_weight(host: JSON) -> Iterable[str]:
    """Map Docker's 10…1000 on version 2's 1…10000."""
    weight = host.get("BlkioWeight") or 0
    return [f"default {1 + (weight - 10) * 9999 // 990}"] if weight else []


def device_number(path: str) -> str:
    """Give "major:minor" of a device file."""
    number = os.stat(path).st_rdev
    return f"{os.major(number)}:{os.minor(number)}"


def _per_device(field: str, key: str, pattern: str) -> Values:
    return lambda host: [
        f"{device_number(entry['Path'])} {pattern.format(entry[key])}" for entry in host.get(field) or ()
    ]


def _throttle(field: str, file1: str, key2: str) -> Row:
    return Row(
        f"blkio.throttle.{file1}", _per_device(field, "Rate", "{}"), "io.max", _per_device(field, "Rate", key2 + "={}")
    )


TABLE: tuple[Row, ...] = (
    Row("memory.limit_in_bytes", _number("Memory"), "memory.max", _bytes("Memory")),
    Row("memory.memsw.limit_in_bytes", _swap1, "memory.swap.max", _swap2),
    Row("memory.soft_limit_in_bytes", _number("MemoryReservation"), "memory.low", _bytes("MemoryReservation")),
    Row("memory.swappiness", _swappiness, "", _nothing),
    Row("memory.oom_control", _no_oom_kill, "", _nothing),
    Row("cpu.shares", _number("CpuShares"), "cpu.weight", _weight),
    Row("cpu.cfs_period_us", _period1, "", _nothing),
    Row("cpu.cfs_quota_us", _quota1, "cpu.max", _quota2),
    Row("cpuset.cpus", _text("CpusetCpus"), "cpuset.cpus", _text("CpusetCpus")),
    Row("cpuset.mems", _text("CpusetMems"), "cpuset.mems", _text("CpusetMems")),
    Row("pids.max", _processes, "pids.max", _processes),
    # which of the two weights there is depends on the disk scheduler; a file that is missing is passed over
    Row("blkio.weight", _number("BlkioWeight"), "io.weight", _io_weight),
    Row("blkio.bfq.weight", _number("BlkioWeight"), "io.bfq.weight", _number("BlkioWeight")),
    Row(
        "blkio.weight_device",
        _per_device("BlkioWeightDevice", "Weight", "{}"),
        "io.bfq.weight",
        _per_device("BlkioWeightDevice", "Weight", "{}"),
    ),
    _throttle("BlkioDeviceReadBps", "read_bps_device", "rbps"),
    _throttle("BlkioDeviceWriteBps", "write_bps_device", "wbps"),
    _throttle("BlkioDeviceReadIOps", "read_iops_device", "riops"),
    _throttle("BlkioDeviceWriteIOps", "write_iops_device", "wiops"),
)


def writes(host: JSON, versions: Mapping[str, int]) -> list[Write]:
    """Turn Docker's limits into the writes that set them; `versions` says which controller is in which version."""
    found = []
    for row in TABLE:
        for version, file, values in ((1, row.file1, row.values1), (2, row.file2, row.values2)):
            if file and versions.get(file.partition(".")[0]) == version:
                found += [Write(file, value) for value in values(host)]
    return found
