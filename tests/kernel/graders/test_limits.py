"""Control groups hold what is put into them, and let nothing out."""
from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from graders import limits

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="control groups need root")
NAME = f"docklab-test-{os.getpid()}"


def test_a_fork_bomb_ends_with_its_group() -> None:
    with limits.group(NAME) as group:
        command = [*group.prefix(), "bash", "-c", "f() { f | f & }; f; sleep 600"]
        bomb = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        ends = time.monotonic() + 20
        while len(group.pids()) < 50 and time.monotonic() < ends:
            time.sleep(0.02)
        assert 50 <= len(group.pids()) <= limits.PROCESSES
        group.kill()
        assert bomb.wait(5) < 0
        assert group.pids() == set()
    assert not list(Path("/sys/fs/cgroup").rglob(NAME))


def test_groups_below_go_too() -> None:
    with limits.group(NAME) as group:
        folder = next(iter(group.folders.values())) / "container"
        folder.mkdir()
        sleeper = subprocess.Popen(["sh", "-c", f"echo $$ > {folder}/cgroup.procs; exec sleep 600"])
        ends = time.monotonic() + 5
        while sleeper.pid not in group.pids() and time.monotonic() < ends:
            time.sleep(0.01)
        assert sleeper.pid in group.pids()
    assert sleeper.wait(5) < 0
    assert not list(Path("/sys/fs/cgroup").rglob(NAME))


def test_the_works_user_is_nobody_in_particular() -> None:
    said = subprocess.run([*limits.unprivileged(), "id"], capture_output=True, text=True, check=True).stdout
    assert said.split()[:2] == [f"uid={limits.USER}", f"gid={limits.USER}"]
    assert "root" not in said
