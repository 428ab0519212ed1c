"""Docker's limits as the kernel's files, version 1 and version 2 beside each other."""

from typing import Any

import pytest

from runtime.primitives.cgroups.limits import writes

NAMES = ("cpu", "cpuset", "memory", "pids", "blkio", "io")
ONE, TWO = dict.fromkeys(NAMES, 1), dict.fromkeys(NAMES, 2)
M64, M128 = str(64 << 20), str(128 << 20)

CASES: list[tuple[dict[str, Any], dict[str, str], dict[str, str]]] = [
    ({}, {}, {}),
    ({"Memory": 0, "NanoCpus": 0, "PidsLimit": None, "CpusetCpus": "", "MemorySwappiness": None}, {}, {}),
    (
        {"Memory": 64 << 20},
        {"memory.limit_in_bytes": M64, "memory.memsw.limit_in_bytes": M128},
        {"memory.max": M64, "memory.swap.max": M64},
    ),
    (
        {"Memory": 64 << 20, "MemorySwap": 64 << 20},
        {"memory.limit_in_bytes": M64, "memory.memsw.limit_in_bytes": M64},
        {"memory.max": M64, "memory.swap.max": "0"},
    ),
    (
        {"Memory": 64 << 20, "MemorySwap": -1},
        {"memory.limit_in_bytes": M64, "memory.memsw.limit_in_bytes": "-1"},
        {"memory.max": M64, "memory.swap.max": "max"},
    ),
    ({"Memory": -1}, {"memory.limit_in_bytes": "-1"}, {"memory.max": "max"}),
    ({"MemoryReservation": 9 << 20}, {"memory.soft_limit_in_bytes": "9437184"}, {"memory.low": "9437184"}),
    ({"MemorySwappiness": 0}, {"memory.swappiness": "0"}, {}),
    ({"MemorySwappiness": -1}, {}, {}),
    ({"OomKillDisable": True}, {"memory.oom_control": "1"}, {}),
    ({"CpuShares": 1024}, {"cpu.shares": "1024"}, {"cpu.weight": "39"}),
    ({"CpuShares": 2}, {"cpu.shares": "2"}, {"cpu.weight": "1"}),
    ({"CpuShares": 262144}, {"cpu.shares": "262144"}, {"cpu.weight": "10000"}),
    (
        {"NanoCpus": 1_500_000_000},
        {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "150000"},
        {"cpu.max": "150000 100000"},
    ),
    (
        {"CpuQuota": 5000, "CpuPeriod": 50000},
        {"cpu.cfs_period_us": "50000", "cpu.cfs_quota_us": "5000"},
        {"cpu.max": "5000 50000"},
    ),
    ({"CpuQuota": -1}, {"cpu.cfs_quota_us": "-1"}, {"cpu.max": "max 100000"}),
    ({"CpuPeriod": 50000}, {"cpu.cfs_period_us": "50000"}, {"cpu.max": "max 50000"}),
    (
        {"CpusetCpus": "0-1", "CpusetMems": "0"},
        {"cpuset.cpus": "0-1", "cpuset.mems": "0"},
        {"cpuset.cpus": "0-1", "cpuset.mems": "0"},
    ),
    ({"PidsLimit": 64}, {"pids.max": "64"}, {"pids.max": "64"}),
    ({"PidsLimit": -1}, {"pids.max": "max"}, {"pids.max": "max"}),
    (
        {"BlkioWeight": 1000},
        {"blkio.weight": "1000", "blkio.bfq.weight": "1000"},
        {"io.weight": "default 10000", "io.bfq.weight": "1000"},
    ),
    (
        {"BlkioDeviceReadBps": [{"Path": "/dev/null", "Rate": 1048576}]},
        {"blkio.throttle.read_bps_device": "1:3 1048576"},
        {"io.max": "1:3 rbps=1048576"},
    ),
    (
        {"BlkioDeviceWriteIOps": [{"Path": "/dev/zero", "Rate": 7}]},
        {"blkio.throttle.write_iops_device": "1:5 7"},
        {"io.max": "1:5 wiops=7"},
    ),
]


@pytest.mark.parametrize(("host", "one", "two"), CASES)
def test_both_columns(host: dict[str, Any], one: dict[str, str], two: dict[str, str]) -> None:
    assert {write.file: write.value for write in writes(host, ONE)} == one
    assert {write.file: write.value for write in writes(host, TWO)} == two


def test_each_controller_goes_by_its_own_version() -> None:
    found = writes({"Memory": 64 << 20, "PidsLimit": 5}, {"memory": 1, "pids": 2})
    assert [(one.controller, one.file) for one in found] == [
        ("memory", "memory.limit_in_bytes"),
        ("memory", "memory.memsw.limit_in_bytes"),
        ("pids", "pids.max"),
    ]


def test_a_controller_that_is_not_there_is_not_written() -> None:
    assert writes({"Memory": 64 << 20, "CpuShares": 3}, {"cpu": 1}) == writes({"CpuShares": 3}, {"cpu": 1})


def test_a_device_that_does_not_exist_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="/dev/no-such"):
        writes({"BlkioDeviceReadBps": [{"Path": "/dev/no-such", "Rate": 1}]}, ONE)
