"""Control groups of the running kernel: needs root; leaves nothing behind."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from runtime.kernel import bpf
from runtime.primitives import cgroups
from runtime.primitives.cgroups import devices
from runtime.primitives.cgroups.hierarchies import Hierarchy, Mounted

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

MEGABYTE = 1 << 20
UNIFIED = "/sys/fs/cgroup/unified"


@pytest.fixture
def name() -> Iterator[str]:
    parent = f"docklab-test-{secrets.token_hex(4)}"
    cgroups.create(f"{parent}/one")
    yield f"{parent}/one"
    cgroups.kill(f"{parent}/one")
    cgroups.remove(parent)
    assert all(not os.path.exists(f"{one.path}/{parent}") for one in cgroups.mounted().hierarchies)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def joining(name: str) -> str:
    """Give the first line of a program that joins the group."""
    return f"import sys; sys.path[:0] = {sys.path!r}; from runtime.primitives import cgroups; cgroups.join({name!r})"


def run_in(name: str, code: str) -> "subprocess.CompletedProcess[str]":
    """Run Python code in a process that joins the group itself first."""
    return subprocess.run(
        [sys.executable, "-c", f"{joining(name)}\n{code}"], capture_output=True, text=True, timeout=30
    )


def state(pid: int) -> str:
    with open(f"/proc/{pid}/cgroup", encoding="ascii") as file:
        return file.read()


def test_a_process_joins_every_hierarchy_and_is_listed(name: str, sleeper: "subprocess.Popen[bytes]") -> None:
    cgroups.join(name, sleeper.pid)
    assert cgroups.processes(name) == [sleeper.pid]
    joined = sum(line.endswith(name) for line in state(sleeper.pid).splitlines())
    assert joined == len(cgroups.mounted().hierarchies)


def test_creating_twice_changes_nothing(name: str, sleeper: "subprocess.Popen[bytes]") -> None:
    cgroups.join(name, sleeper.pid)
    cgroups.create(name)
    assert cgroups.processes(name) == [sleeper.pid]


def test_memory_is_limited_and_the_kill_is_counted(name: str) -> None:
    cgroups.limit(name, {"Memory": 16 * MEGABYTE, "MemorySwap": 16 * MEGABYTE})
    assert cgroups.oom_count(name) == 0
    assert run_in(name, "x = b'x' * (64 << 20)").returncode == -signal.SIGKILL
    assert cgroups.oom_count(name) == 1
    assert cgroups.usage(name)["memory_stats"]["limit"] == 16 * MEGABYTE


def test_memory_can_be_raised_and_lowered(name: str) -> None:
    for size in (64, 256, 32):
        cgroups.update(name, {"Memory": size * MEGABYTE, "MemorySwap": size * MEGABYTE})
        assert cgroups.usage(name)["memory_stats"]["limit"] == size * MEGABYTE


def test_processes_are_limited(name: str) -> None:
    cgroups.limit(name, {"PidsLimit": 2})
    result = run_in(name, "import os; os.fork(); os.fork()")
    assert "Resource temporarily unavailable" in result.stderr
    assert cgroups.usage(name)["pids_stats"]["limit"] == 2


def test_only_the_listed_devices_open(name: str) -> None:
    cgroups.limit(name, {})
    assert run_in(name, "open('/dev/null', 'r+').close()").returncode == 0
    result = run_in(name, "open('/dev/kmsg').close()")
    assert "Operation not permitted" in result.stderr


def test_privileged_opens_all(name: str) -> None:
    cgroups.limit(name, {"Privileged": True})
    assert run_in(name, "open('/dev/kmsg').close()").stderr == ""


def test_a_value_the_kernel_refuses_is_spelled(name: str) -> None:
    with pytest.raises(OSError, match=r"cpuset\.cpus: '4096'"):
        cgroups.limit(name, {"CpusetCpus": "4096"})


def test_freeze_stops_and_thaw_goes_on(name: str, sleeper: "subprocess.Popen[bytes]") -> None:
    cgroups.join(name, sleeper.pid)
    cgroups.freeze(name)
    sleeper.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        sleeper.wait(0.1)
    cgroups.thaw(name)
    assert sleeper.wait(5) == -signal.SIGTERM


def test_kill_ends_a_group_that_forks(name: str) -> None:
    cgroups.limit(name, {"PidsLimit": 50})
    code = "import os\nwhile True:\n try:\n  os.fork()\n except OSError:\n  pass"
    program = f"{joining(name)}\nprint(1, flush=True)\n{code}"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        cgroups.kill(name)
    assert process.wait(5) == -signal.SIGKILL
    assert cgroups.processes(name) == []


def test_groups_made_inside_are_removed_too(name: str) -> None:
    for one in cgroups.mounted().hierarchies:
        os.mkdir(f"{one.path}/{name}/inner")
    cgroups.remove(name)
    cgroups.create(name)


def test_usage_counts_processor_time(name: str) -> None:
    assert run_in(name, "sum(range(10**6))").returncode == 0
    stats = cgroups.usage(name)["cpu_stats"]
    assert stats["cpu_usage"]["total_usage"] > 1_000_000
    assert stats["online_cpus"] == os.cpu_count()


@pytest.fixture
def version_2(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine of which only the version 2 tree is seen; here it has no controllers, but what needs none."""
    path = UNIFIED if os.path.isdir(UNIFIED) else "/sys/fs/cgroup"
    only = Mounted((Hierarchy(2, path, ("devices", "freezer")),))
    monkeypatch.setattr(cgroups, "mounted", lambda: only)
    name = f"docklab-test-{secrets.token_hex(4)}"
    cgroups.create(name)
    yield name
    cgroups.kill(name)
    cgroups.remove(name)
    assert not os.path.exists(f"{path}/{name}")


def test_version_2_freezes_and_kills_by_event(version_2: str, sleeper: "subprocess.Popen[bytes]") -> None:
    cgroups.join(version_2, sleeper.pid)
    cgroups.freeze(version_2)
    cgroups.thaw(version_2)
    cgroups.freeze(version_2)
    cgroups.kill(version_2)
    assert sleeper.wait(5) == -signal.SIGKILL


def test_version_2_asks_a_program_about_devices(version_2: str) -> None:
    cgroups.limit(version_2, {})
    folder = cgroups.mounted().hierarchies[0].path
    enter = f"open('{folder}/{version_2}/cgroup.procs', 'w').write('0')"
    allowed = subprocess.run([sys.executable, "-c", f"{enter}\nopen('/dev/null').close()"], capture_output=True)
    refused = subprocess.run([sys.executable, "-c", f"{enter}\nopen('/dev/kmsg').close()"], capture_output=True)
    assert allowed.returncode == 0, allowed.stderr
    assert b"Operation not permitted" in refused.stderr


def test_every_rule_passes_the_verifier() -> None:
    everything = devices.Rule("a", -1, -1, "rwm")
    largest = devices.Rule("b", 2**20 - 1, 2**20 - 1, "m")
    for rules in ([], [everything], [largest, everything, largest], [largest, *devices.DEFAULT]):
        os.close(bpf.load_device_program(devices.program(rules)))
