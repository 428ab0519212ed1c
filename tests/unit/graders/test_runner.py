"""Checks that pass, fail, crash, hang and lie."""
from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from grading_helpers import case, statuses, toy

from graders import course, runner
from graders.check import Case, Result, Status, Ungradable


def good(case: Case) -> None:
    case.equal(1, 1)


def bad(case: Case) -> None:
    case.fail(expected="two", found="three", because="it is so", look="docker ps")


def half(case: Case) -> None:
    case.fail(expected="two", found="one", fraction=0.5)


def crash(case: Case) -> None:
    raise KeyError("State")


def unknown(case: Case) -> None:
    raise Ungradable("no permission")


def die(case: Case) -> None:
    os._exit(0)


def absent(case: Case) -> None:
    case.facts.container("nobody")


def chatter(case: Case) -> None:
    print("x" * 100_000, flush=True)


@pytest.mark.parametrize(("body", "status", "points"), [
    (good, "pass", 4), (bad, "fail", 0), (half, "partial", 2), (crash, "ungradable", 0), (unknown, "ungradable", 0),
    (die, "ungradable", 0), (chatter, "pass", 4),
])
def test_how_a_check_ends(tmp_path: Path, body: object, status: str, points: float) -> None:
    one = runner.run_all([toy(body)], case(tmp_path))[0]  # type: ignore[arg-type]
    assert (one.status.value, one.points, one.maximum) == (status, points, 4)


def test_a_failure_says_all_it_was_told(tmp_path: Path) -> None:
    one = runner.judge(toy(bad), case(tmp_path))
    assert (one.title, one.expected, one.found, one.because, one.look) == (
        "toy holds", "two", "three", "it is so", "docker ps")


def test_a_crash_says_what_happened(tmp_path: Path) -> None:
    assert "KeyError: 'State'" in runner.judge(toy(crash), case(tmp_path)).because


def test_what_rests_on_a_failure_is_skipped_and_on_the_unknown_unknown(tmp_path: Path) -> None:
    checks = [
        toy(bad, name="first"), toy(good, name="second", needs=("first",)), toy(good, name="third", needs=("second",)),
        toy(crash, name="fourth"), toy(good, name="fifth", needs=("fourth",)), toy(good, name="sixth"),
    ]
    assert statuses(runner.run_all(checks, case(tmp_path))) == {
        "first": "fail", "second": "skipped", "third": "skipped",
        "fourth": "ungradable", "fifth": "ungradable", "sixth": "pass",
    }


def test_a_check_that_hangs_is_ended(tmp_path: Path) -> None:
    def hang() -> Result:
        time.sleep(60)
        raise AssertionError

    began = time.monotonic()
    one = runner.apart(toy(good), hang, seconds=0.1)
    assert one.status == Status.UNGRADABLE
    assert "longer than 0.1 s" in one.because
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("points", [-1, 5, 400])
def test_a_result_with_points_of_its_own_making_is_not_believed(tmp_path: Path, points: float) -> None:
    mine = toy(good)
    data = {**mine.result(Status.PASS, 4).data(), "points": points}
    assert runner.believe(mine, json.dumps(data).encode()).status == Status.UNGRADABLE


def test_a_result_of_another_check_is_not_believed() -> None:
    data = toy(good, name="other").result(Status.PASS, 4).data()
    assert runner.believe(toy(good), json.dumps(data).encode()).status == Status.UNGRADABLE


def test_what_is_absent_fails_with_what_is_there(tmp_path: Path) -> None:
    one = runner.judge(toy(absent), case(tmp_path, documents={"/containers/json": []}))
    assert (one.status.value, one.expected, one.found) == (
        "fail", "a container named nobody", "these containers: none at all")


def test_a_grader_that_does_not_load_is_ungradable_for_all_points(tmp_path: Path) -> None:
    exercise = course.Exercise("a/b", tmp_path, tmp_path / "nothing.py", "t", 7, 1, ())
    report = runner.run(exercise, host="unix:///nowhere", student="s", work=tmp_path, before=case(tmp_path).before)
    assert (report.ungradable, report.points, report.maximum) == (True, 0, 7)


def test_without_an_engine_everything_is_ungradable(tmp_path: Path) -> None:
    exercise = course.find("hello-world")
    before = case(tmp_path).before
    report = runner.run(exercise, host=f"unix://{tmp_path}/none.sock", student="s", work=tmp_path, before=before)
    assert {result.status for result in report.results} == {Status.UNGRADABLE}


def test_a_report_survives_being_json(tmp_path: Path) -> None:
    results = tuple(runner.run_all([toy(bad), toy(good, name="b")], case(tmp_path)))
    report = runner.Report("a/b", "s", results, "a note")
    assert runner.Report.read(report.data()) == report
