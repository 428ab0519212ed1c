"""The verbs on a machine that has version 2 only, as a folder of the test's own with the kernel's files faked."""

import errno
from pathlib import Path

import pytest

from runtime.primitives import cgroups
from runtime.primitives.cgroups.hierarchies import Hierarchy, Mounted

CONTROLLERS = ("cpu", "cpuset", "io", "memory", "pids", "devices", "freezer")


class Kernel:
    """Stands for cgroupfs: remembers what was written, and refuses what version 2 refuses."""

    def __init__(self, root: Path, *, own_processes: list[str]) -> None:
        self.root = root
        self.own_processes = own_processes
        self.written: list[tuple[str, str]] = []

    def write(self, path: str, value: str) -> None:
        name = path.removeprefix(f"{self.root}/")
        if name == "cgroup.subtree_control" and self.own_processes:
            raise OSError(errno.EBUSY, "busy")
        if name == "init/cgroup.procs":
            self.own_processes.remove(value)
        self.written.append((name, value))

    def read(self, path: str) -> str:
        name = path.removeprefix(f"{self.root}/")
        if name == "cgroup.procs":
            return "\n".join(self.own_processes)
        return "cpu cpuset hugetlb io memory pids" if name.endswith("cgroup.controllers") else ""


def faked(monkeypatch: pytest.MonkeyPatch, root: Path, own_processes: list[str]) -> Kernel:
    kernel = Kernel(root, own_processes=own_processes)
    only = Mounted((Hierarchy(2, str(root), CONTROLLERS),))
    monkeypatch.setattr(cgroups, "mounted", lambda: only)
    monkeypatch.setattr(cgroups, "_write", kernel.write)
    monkeypatch.setattr(cgroups, "_read", kernel.read)
    return kernel


ALL = "+cpu +cpuset +io +memory +pids"


def test_every_group_above_hands_its_controllers_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kernel = faked(monkeypatch, tmp_path, [])
    cgroups.create("docklab/one")
    assert kernel.written == [("cgroup.subtree_control", ALL), ("docklab/cgroup.subtree_control", ALL)]
    assert (tmp_path / "docklab/one").is_dir()
    cgroups.create("docklab/two")
    assert len(kernel.written) == 2


def test_in_a_namespace_the_processes_make_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kernel = faked(monkeypatch, tmp_path, ["1", "77"])
    cgroups.create("docklab/one")
    assert kernel.written[:3] == [
        ("init/cgroup.procs", "1"),
        ("init/cgroup.procs", "77"),
        ("cgroup.subtree_control", ALL),
    ]
    assert (tmp_path / "init").is_dir()


def test_a_process_joins_by_one_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kernel = faked(monkeypatch, tmp_path, [])
    cgroups.join("docklab/one")
    assert kernel.written == [("docklab/one/cgroup.procs", "0")]


def test_limits_go_to_version_2s_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kernel = faked(monkeypatch, tmp_path, [])
    cgroups.update("one", {"Memory": 64 << 20, "NanoCpus": 500_000_000, "PidsLimit": 9})
    assert kernel.written == [
        ("one/memory.max", "67108864"),
        ("one/memory.swap.max", "67108864"),
        ("one/cpu.max", "50000 100000"),
        ("one/pids.max", "9"),
    ]


def test_a_write_that_depends_on_another_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kernel = faked(monkeypatch, tmp_path, [])
    refused: list[str] = []

    def once(path: str, value: str) -> None:
        if path.endswith("memory.max") and not refused:
            refused.append(path)
            raise OSError(errno.EINVAL, "invalid")
        kernel.write(path, value)

    monkeypatch.setattr(cgroups, "_write", once)
    cgroups.update("one", {"Memory": 64 << 20})
    assert [file for file, _value in kernel.written] == ["one/memory.swap.max", "one/memory.max"]


def test_another_failure_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def busy(path: str, value: str) -> None:
        raise OSError(errno.EBUSY, "busy")

    faked(monkeypatch, tmp_path, [])
    monkeypatch.setattr(cgroups, "_write", busy)
    with pytest.raises(OSError, match="busy"):
        cgroups.update("one", {"PidsLimit": 9})
