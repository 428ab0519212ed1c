"""Grade one submission in a process of its own: whatever happens to it, the others go on.

    python -m graders.worker SUBMISSION --images DIR [--exercise ID]…

prints one JSON document: the student, what the instructor should know, a report for each exercise. A file
that is no submission gives {"problem": …}.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from . import course, replay, runner, submission
from .check import Status


def grade(path: Path, *, images: Path, ids: Sequence[str]) -> dict[str, Any]:
    """Grade every exercise of one submission."""
    try:
        given = submission.read(path)
    except submission.Rejected as error:
        return {"problem": str(error)}
    reports = [one(course.find(id), given, images=images).data() for id in ids]
    return {"student": given.student, "made": given.made, "notes": list(given.notes), "reports": reports}


def one(exercise: course.Exercise, given: submission.Submission, *, images: Path) -> runner.Report:
    """Grade one exercise; without work there is nothing to replay (lint proves that nothing earns nothing)."""
    work = given.work.get(exercise.id)
    if work is None or not work.steps:
        return nothing(exercise, given.student)
    return replay.grade(exercise, work, student=given.student, images=images)


def nothing(exercise: course.Exercise, student: str) -> runner.Report:
    """Make the report of an exercise that was not handed in."""
    note = "nothing was handed in for this exercise"
    checks = runner.checks(exercise.module)
    results = tuple(check.result(Status.FAIL, expected="your work", found="none") for check in checks)
    return runner.Report(exercise.id, student, results, note)


def leave(number: int, frame: FrameType | None) -> None:
    """Turn a request to end into an exception, so that engines and groups are taken down."""
    raise SystemExit(128 + number)


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the submission named on the command line and print the outcome as JSON."""
    parser = argparse.ArgumentParser(prog="python -m graders.worker")
    parser.add_argument("submission", type=Path)
    parser.add_argument("--images", required=True, type=Path)
    parser.add_argument("--exercise", action="append", default=[])
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, leave)
    ids = chosen.exercise or list(course.exercises())
    json.dump(grade(chosen.submission, images=chosen.images, ids=ids), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
