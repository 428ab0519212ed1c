"""What the kernel counts, in the shapes of Docker's stats."""

from runtime.primitives.cgroups import statistics
from runtime.primitives.cgroups.statistics import TICK

ONE = {
    "cpuacct.usage": "123456789\n",
    "cpuacct.usage_percpu": "100 23456689 \n",
    "cpuacct.stat": "user 10\nsystem 2\n",
    "cpu.stat": "nr_periods 5\nnr_throttled 3\nthrottled_time 70\nnr_bursts 0\n",
    "memory.usage_in_bytes": "4096\n",
    "memory.max_usage_in_bytes": "8192\n",
    "memory.limit_in_bytes": "9223372036854771712\n",
    "memory.failcnt": "2\n",
    "memory.stat": "cache 1\nrss 2\ntotal_inactive_file 3\n",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n",
    "pids.current": "3\n",
    "pids.max": "max\n",
    "blkio.throttle.io_service_bytes_recursive": "8:0 Read 4096\n8:0 Write 0\n8:0 Total 4096\nTotal 4096\n",
    "blkio.throttle.io_serviced_recursive": "8:0 Read 1\nTotal 1\n",
}
TWO = {
    "cpu.stat": "usage_usec 10\nuser_usec 7\nsystem_usec 3\nnr_periods 5\nnr_throttled 3\nthrottled_usec 70\n",
    "memory.current": "4096\n",
    "memory.max": "67108864\n",
    "memory.stat": "anon 1\ninactive_file 3\n",
    "memory.events": "low 0\nhigh 0\nmax 9\noom 1\noom_kill 2\n",
    "pids.current": "3\n",
    "pids.max": "64\n",
    "io.stat": "8:0 rbytes=4096 wbytes=512 rios=1 wios=2 dbytes=0 dios=0\n253:1 \n",
}
V1 = {"cpu": 1, "cpuacct": 1, "memory": 1, "pids": 1, "blkio": 1}
V2 = {"cpu": 2, "memory": 2, "pids": 2, "io": 2}


def test_version_1() -> None:
    found = statistics.measure(lambda file: ONE.get(file, ""), V1, host_memory=1000)
    assert found["cpu_stats"] == {
        "cpu_usage": {
            "total_usage": 123456789,
            "percpu_usage": [100, 23456689],
            "usage_in_kernelmode": 2 * TICK,
            "usage_in_usermode": 10 * TICK,
        },
        "throttling_data": {"periods": 5, "throttled_periods": 3, "throttled_time": 70},
    }
    assert found["memory_stats"]["limit"] == 1000
    assert found["memory_stats"]["stats"] == {"cache": 1, "rss": 2, "total_inactive_file": 3}
    assert found["pids_stats"] == {"current": 3}
    read = {"major": 8, "minor": 0, "op": "Read", "value": 4096}
    assert found["blkio_stats"]["io_service_bytes_recursive"][0] == read
    assert len(found["blkio_stats"]["io_service_bytes_recursive"]) == 3


def test_version_2() -> None:
    found = statistics.measure(lambda file: TWO.get(file, ""), V2, host_memory=1 << 40)
    assert found["cpu_stats"]["cpu_usage"] == {
        "total_usage": 10_000,
        "usage_in_kernelmode": 3_000,
        "usage_in_usermode": 7_000,
    }
    assert found["cpu_stats"]["throttling_data"]["throttled_time"] == 70_000
    assert found["memory_stats"] == {"usage": 4096, "limit": 64 << 20, "stats": {"anon": 1, "inactive_file": 3}}
    assert found["pids_stats"] == {"current": 3, "limit": 64}
    written = {"major": 8, "minor": 0, "op": "write", "value": 512}
    assert written in found["blkio_stats"]["io_service_bytes_recursive"]


def test_files_that_are_missing_count_nothing() -> None:
    for versions in (V1, V2):
        found = statistics.measure(lambda file: "", versions, host_memory=5)
        assert found["cpu_stats"]["cpu_usage"]["total_usage"] == 0
        assert found["memory_stats"]["limit"] == 5


def test_kills_for_want_of_memory() -> None:
    assert statistics.out_of_memory(lambda file: ONE.get(file, ""), V1) == 4
    assert statistics.out_of_memory(lambda file: TWO.get(file, ""), V2) == 2


def test_the_machine() -> None:
    text = "cpu  1 2 3 4 5 6 7 100 0 0\ncpu0 1 1\ncpu1 1 1\nintr 9\n"
    assert statistics.machine(text) == {"system_cpu_usage": 28 * TICK, "online_cpus": 2}
