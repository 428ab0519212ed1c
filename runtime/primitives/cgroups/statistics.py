"""What a group has used, in the shapes of `GET /containers/{id}/stats` (Engine API).

Pure: `read` gives the text of one of the group's files, "" where there is none; `versions` says which
controller is in which version. Sources: admin-guide/cgroup-v1/{cpuacct,memory,pids,blkio-controller}.rst,
admin-guide/cgroup-v2.rst, proc(5) for /proc/stat.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

JSON = dict[str, Any]
Read = Callable[[str], str]

TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")  # nanoseconds
UNLIMITED = 1 << 62  # version 1 says "no limit" with the largest number of pages


def pairs(text: str) -> dict[str, int]:
    """Read lines of a name and a number."""
    split = (line.split() for line in text.splitlines())
    return {parts[0]: int(parts[1]) for parts in split if len(parts) == 2 and parts[1].isdigit()}


def number(text: str) -> int:
    """Read one number; 0 for "max" and for nothing."""
    word = text.strip()
    return int(word) if word.isdigit() else 0


def measure(read: Read, versions: Mapping[str, int], *, host_memory: int) -> JSON:
    """Give all that the group has used."""
    return {
        "cpu_stats": (cpu1 if versions.get("cpuacct") == 1 else cpu2)(read),
        "memory_stats": (memory1 if versions.get("memory") == 1 else memory2)(read, host_memory),
        "pids_stats": processes(read),
        "blkio_stats": (disk1 if versions.get("blkio") == 1 else disk2)(read),
    }


def cpu1(read: Read) -> JSON:
    """Processor time, version 1: files of cpuacct and cpu."""
    split, throttled = pairs(read("cpuacct.stat")), pairs(read("cpu.stat"))
    return {
        "cpu_usage": {
            "total_usage": number(read("cpuacct.usage")),
            "percpu_usage": [int(word) for word in read("cpuacct.usage_percpu").split()],
            "usage_in_kernelmode": split.get("system", 0) * TICK,
            "usage_in_usermode": split.get("user", 0) * TICK,
        },
        "throttling_data": {
            "periods": throttled.get("nr_periods", 0),
            "throttled_periods": throttled.get("nr_throttled", 0),
            "throttled_time": throttled.get("throttled_time", 0),
        },
    }


def cpu2(read: Read) -> JSON:
    """Processor time, version 2: cpu.stat, in microseconds."""
    values = pairs(read("cpu.stat"))
    return {
        "cpu_usage": {
            "total_usage": values.get("usage_usec", 0) * 1000,
            "usage_in_kernelmode": values.get("system_usec", 0) * 1000,
            "usage_in_usermode": values.get("user_usec", 0) * 1000,
        },
        "throttling_data": {
            "periods": values.get("nr_periods", 0),
            "throttled_periods": values.get("nr_throttled", 0),
            "throttled_time": values.get("throttled_usec", 0) * 1000,
        },
    }


def memory1(read: Read, host_memory: int) -> JSON:
    """Memory, version 1. What is not limited is limited by the machine."""
    limit = number(read("memory.limit_in_bytes"))
    return {
        "usage": number(read("memory.usage_in_bytes")),
        "max_usage": number(read("memory.max_usage_in_bytes")),
        "stats": pairs(read("memory.stat")),
        "failcnt": number(read("memory.failcnt")),
        "limit": min(limit or UNLIMITED, host_memory),
    }


def memory2(read: Read, host_memory: int) -> JSON:
    """Memory, version 2."""
    limit = number(read("memory.max"))
    return {
        "usage": number(read("memory.current")),
        "stats": pairs(read("memory.stat")),
        "limit": min(limit or UNLIMITED, host_memory),
    }


def processes(read: Read) -> JSON:
    """Processes and threads; both versions use the same names."""
    limit = number(read("pids.max"))
    return {"current": number(read("pids.current")), **({"limit": limit} if limit else {})}


def _entry(device: str, operation: str, value: str) -> JSON:
    major, _colon, minor = device.partition(":")
    return {"major": int(major), "minor": int(minor), "op": operation, "value": int(value)}


def _disk(transferred: list[JSON], requests: list[JSON]) -> JSON:
    """Fill in the fields that only the disk schedulers of old kernels have."""
    names = ("queue", "service_time", "wait_time", "merged")
    return {
        "io_service_bytes_recursive": transferred,
        "io_serviced_recursive": requests,
        **{f"io_{name}_recursive": [] for name in names},
        "io_time_recursive": [],
        "sectors_recursive": [],
    }


def disk1(read: Read) -> JSON:
    """Disk transfers, version 1: lines "8:0 Read 4096"."""

    def entries(name: str) -> list[JSON]:
        split = (line.split() for line in read(name).splitlines())
        return [_entry(*parts) for parts in split if len(parts) == 3]

    return _disk(entries("blkio.throttle.io_service_bytes_recursive"), entries("blkio.throttle.io_serviced_recursive"))


def disk2(read: Read) -> JSON:
    """Disk transfers, version 2: lines "8:0 rbytes=4096 wbytes=0 rios=1 …"."""
    transferred, requests = [], []
    for line in read("io.stat").splitlines():
        device, *words = line.split()
        values = dict(word.partition("=")[::2] for word in words)
        for letter, operation in (("r", "read"), ("w", "write")):
            transferred.append(_entry(device, operation, values.get(f"{letter}bytes", "0")))
            requests.append(_entry(device, operation, values.get(f"{letter}ios", "0")))
    return _disk(transferred, requests)


def machine(stat: str) -> JSON:
    """Read /proc/stat: processor time of the whole machine so far, and how many processors it has."""
    lines = stat.splitlines()
    total = sum(int(word) for word in lines[0].split()[1:8]) * TICK
    processors = sum(line.startswith("cpu") for line in lines) - 1
    return {"system_cpu_usage": total, "online_cpus": processors}


def out_of_memory(read: Read, versions: Mapping[str, int]) -> int:
    """Give how many processes of the group the kernel killed for want of memory."""
    file = "memory.oom_control" if versions.get("memory") == 1 else "memory.events"
    return pairs(read(file)).get("oom_kill", 0)
