"""What lint makes of a report."""
from __future__ import annotations

from pathlib import Path

import pytest

from graders import course, lint, replay, runner
from graders.check import Result, Status

EXERCISE = course.find("hello-world")


def report(**statuses: str) -> runner.Report:
    points = {"pass": 2.0, "partial": 1.0}
    return runner.Report(EXERCISE.id, "s", tuple(
        Result(name, name, Status(status), points.get(status, 0.0), 2) for name, status in statuses.items()
    ))


def judged(name: str, script: str = "", **statuses: str) -> str:
    return lint.Trial(EXERCISE, name, script, "s").judge(report(**statuses))


def test_what_is_as_it_should_be() -> None:
    assert judged("reference", a="pass", b="pass") == ""
    assert judged("empty", a="fail", b="skipped") == ""
    assert judged("cheat/x", a="fail") == ""
    assert judged("wrong/x", "# fails: a b\n", a="fail", b="skipped", c="pass") == ""
    assert judged("wrong/x", "# partial: b\n", a="pass", b="partial") == ""


@pytest.mark.parametrize(("name", "script", "statuses", "says"), [
    ("reference", "", {"a": "pass", "b": "fail"}, "not full points: 2 of 4"),
    ("reference", "", {"a": "ungradable"}, "could not be graded"),
    ("empty", "", {"a": "partial"}, "gets 1 points instead of 0"),
    ("cheat/x", "", {"a": "pass"}, "gets 2 points instead of 0"),
    ("wrong/x", "", {"a": "fail"}, "does not say which checks fail"),
    ("wrong/x", "# fails: a\n", {"a": "pass"}, "everything passes"),
    ("wrong/x", "# fails: a\n", {"a": "fail", "b": "fail"}, "should fail ['a']"),
    ("wrong/x", "# fails: a\n", {"a": "partial"}, "should fail ['a']"),
])
def test_what_is_not(name: str, script: str, statuses: dict[str, str], says: str) -> None:
    assert says in judged(name, script, **statuses)


def test_an_exercise_without_its_parts_is_told_of_each(tmp_path: Path) -> None:
    (tmp_path / "exercise.toml").write_text('title = "T"\npoints = 3\nminutes = 5\nafter = ["no/such"]\n')
    (tmp_path / "odd.txt").touch()
    (tmp_path / "text.md").write_text("do it")
    (tmp_path / "hints.md").write_text("## 1\n\nno\n")
    exercise = course.load(tmp_path, course.CHECKS / "getting_started/hello_world.py", id="a/b")
    faults = " | ".join(lint.shape(exercise))
    for words in ("unknown file odd.txt", "says 3 points, its checks give 5", "three hints", "'no/such'"):
        assert words in faults


def test_trials_cover_variants_and_repeats() -> None:
    names = [(trial.name, trial.student) for trial in lint.trials(EXERCISE, students=["a", "b"], repeats=3)]
    assert names.count(("reference", "a")) == 3
    assert names.count(("reference", "b")) == 1
    assert ("wrong/only_created", "a") in names


def test_scripts_press_keys_and_recordings_keep_gaps() -> None:
    work = replay.Work.script("docker ps\n#: ctrl-p ctrl-q\n#: wait 2\n#: type echo $LAB_NAME\n", {"name": "n"})
    assert [(step.keys, step.patience) for step in work.steps] == [
        ("docker ps\r", 0), ("\x10\x11", 0), ("", 2), ("echo n\r", 0)]
    lines = ['{"terminal": "1", "gap": 1, "keys": "a"}', '{"terminal": "2", "gap": 99, "keys": "b"}']
    recorded = replay.Work.recording(lines)
    assert [(step.keys, step.patience, step.terminal) for step in recorded.steps] == [("a", 30, "1"), ("b", 0, "2")]


@pytest.mark.parametrize("line", ["#: ctrl-x", "#: wait long"])
def test_an_unknown_key_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"ctrl-x|long"):
        replay.Work.script(line, {})


@pytest.mark.parametrize("line", ["1", '{"keys": 1}', "[]", "{"])
def test_what_is_no_recording_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (json's words, or ours)
        replay.Work.recording([line])
