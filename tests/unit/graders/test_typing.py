"""Typing into terminals, and recording what is typed."""
from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders import limits, terminal

ROOT = Path(__file__).resolve().parents[3]
ENV = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[terminal.Desk]:
    with terminal.Desk(ENV, tmp_path, settings=tmp_path / "rc", seconds=20) as desk:
        yield desk


def test_lines_are_typed_one_after_the_other(desk: terminal.Desk, tmp_path: Path) -> None:
    shell = desk.shell("", editing=False)
    assert "42" in shell.line("echo $((40 + 2))")
    shell.line("cat > note <<END")
    shell.line("a\tline with a !tab")
    shell.line("END")
    assert (tmp_path / "note").read_text() == "a\tline with a !tab\n"
    shell.line("exit 3")
    assert not shell.alive
    assert shell.close() == 3


def test_the_next_line_waits_for_a_slow_one(desk: terminal.Desk, tmp_path: Path) -> None:
    shell = desk.shell("", editing=False)
    shell.line("sleep 0.5; echo slow >> order")
    shell.line("echo next >> order")
    assert (tmp_path / "order").read_text() == "slow\nnext\n"


def test_another_programs_prompt_is_known_by_its_look(desk: terminal.Desk) -> None:
    shell = desk.shell("", editing=False)
    shell.line("PS1='root@0123456789ab:/# ' sh -i")
    assert "inner" in shell.line("echo in''ner")


def test_editing_keys_do_what_they_did(desk: terminal.Desk) -> None:
    assert "word" in desk.shell("", editing=True).keys("echo wrong\x7f\x7f\x7f\x7fo''rd\r")


def test_two_terminals_are_two_shells(desk: terminal.Desk) -> None:
    one, two = desk.shell("1", editing=False), desk.shell("2", editing=False)
    one.line("x=one")
    assert "[]" in two.line("echo [$x]")
    assert desk.shell("1", editing=False) is one


def test_time_runs_out(tmp_path: Path) -> None:
    with terminal.Desk(ENV, tmp_path, settings=tmp_path / "rc", seconds=1) as desk:
        shell = desk.shell("", editing=False)
        with pytest.raises(terminal.TimeUp, match="not done in time"):
            shell.line("while :; do :; done")


def test_control_groups_are_found_in_both_versions() -> None:
    v1 = "30 23 0:26 / /sys/fs/cgroup/cpu,pids rw shared:9 - cgroup cgroup rw,cpu,pids"
    v2 = "31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"
    found = limits.hierarchies([v1, v2, "20 1 0:1 / / rw - ext4 /dev/sda rw"])
    assert found == {
        "cpu": Path("/sys/fs/cgroup/cpu,pids"), "pids": Path("/sys/fs/cgroup/cpu,pids"), "": Path("/sys/fs/cgroup"),
    }


RECORD = """
import os, sys
from pathlib import Path
from runtime.cli.lab import recorder
sys.exit(recorder.record(["sh", "-c", "read a; read b; echo got $a $b; exit 5"], dict(os.environ), Path(sys.argv[1])))
"""


def test_the_recorder_keeps_what_was_typed_for_the_exercise_under_way(tmp_path: Path) -> None:
    (tmp_path / "current").write_text("a/b\n")
    command = [sys.executable, "-c", RECORD, str(tmp_path)]
    shell = terminal.Terminal(command, env={**ENV, "PYTHONPATH": str(ROOT)}, folder=tmp_path, silence=0.5)
    shell.settle()
    shell.line("one")
    shell.line("two")
    assert shell.expect("got one two")
    shell.settle()
    assert shell.close() == 5
    lines = io.StringIO((tmp_path / "recordings/a/b.jsonl").read_text())
    assert [json.loads(line)["keys"] for line in lines] == ["one\r", "two\r"]
