"""Grade the graders: every exercise proves itself.

The reference gets full points, no work gets 0, each wrong solution fails exactly the checks that its first
line names, each cheat gets 0, and the folders hold what the format asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import course, replay, runner, variant
from .check import Status

STUDENT = "lint"
KNOWN = {"exercise.toml", "text.md", "hints.md", "setup.sh", "starter"}


@dataclass(frozen=True, slots=True)
class Trial:
    """One solution to try, and what has to come of it."""

    exercise: course.Exercise
    name: str  # reference, empty, wrong/…, cheat/…
    script: str
    student: str

    def judge(self, report: runner.Report) -> str:
        """Say what is not as it should be, or nothing."""
        unknown = [result for result in report.results if result.status == Status.UNGRADABLE]
        if unknown:
            return f"could not be graded: {unknown[0].check}: {unknown[0].because}"
        if self.name == "reference":
            return "" if report.passed else f"not full points: {report.points:g} of {report.maximum}; {worst(report)}"
        if self.name == "empty" or self.name.startswith("cheat/"):
            return f"gets {report.points:g} points instead of 0" if report.points else ""
        return compare(report, *declared(self.script))


def worst(report: runner.Report) -> str:
    """Tell of the first check that did not pass."""
    one = next(result for result in report.results if result.status != Status.PASS)
    note = f" ({report.note})" if report.note else ""
    return f"{one.check}: expected {one.expected}, found {one.found}{one.because and '; '}{one.because}{note}"


def declared(script: str) -> tuple[set[str], set[str]]:
    """Read the first line of a wrong solution: the checks that fail, and those that pass in part."""
    match = re.match(r"# (fails|partial): (.+)", script)
    names = set(match[2].split()) if match else set()
    return (names, set()) if match and match[1] == "fails" else (set(), names)


def compare(report: runner.Report, fails: set[str], partial: set[str]) -> str:
    """Compare what fails with what was to fail."""
    if not fails and not partial:
        return "the first line does not say which checks fail"
    lost = {result.check for result in report.results if result.status in (Status.FAIL, Status.SKIPPED)}
    halved = {result.check for result in report.results if result.status == Status.PARTIAL}
    if (lost, halved) == (fails, partial):
        return ""
    return f"fails {sorted(lost | halved)}, and should fail {sorted(fails | partial)}; {worst_or_none(report)}"


def worst_or_none(report: runner.Report) -> str:
    """Tell of the first check that did not pass, if any."""
    return "everything passes" if report.passed else worst(report)


def trials(exercise: course.Exercise, *, students: Sequence[str] = (STUDENT,), repeats: int = 1) -> Iterator[Trial]:
    """Give everything to try: the reference for each student and as often as asked, the others once."""
    reference = (exercise.solutions / "solution.sh").read_text(encoding="utf-8")
    for student in (*students, *[students[0]] * (repeats - 1)):
        yield Trial(exercise, "reference", reference, student)
    yield Trial(exercise, "empty", "", students[0])
    for kind in ("wrong", "cheat"):
        for path in sorted((exercise.solutions / kind).glob("*.sh")):
            yield Trial(exercise, f"{kind}/{path.stem}", path.read_text(encoding="utf-8"), students[0])


def attempt(trial: Trial, *, images: Path) -> str:
    """Do one trial and say what is wrong, or nothing."""
    work = replay.Work.script(trial.script, trial.exercise.values(trial.student))
    report = replay.grade(trial.exercise, work, student=trial.student, images=images)
    return trial.judge(report)


def shape(exercise: course.Exercise) -> list[str]:
    """List what is wrong with an exercise's files."""
    faults = [f"unknown file {path.name}" for path in exercise.folder.iterdir() if path.name not in KNOWN]
    try:
        checks = runner.checks(exercise.module)
        faults += [f"{one.name} has no docstring" for one in checks if not one.function.__doc__]
        total = sum(one.points for one in checks)
    except Exception as error:  # whatever a grader does on import is its fault, told here
        return [*faults, f"the grader does not load: {error}"]
    if total != exercise.points:
        faults.append(f"exercise.toml says {exercise.points} points, its checks give {total}")
    return [*faults, *texts(exercise), *solutions(exercise.solutions)]


def texts(exercise: course.Exercise) -> Iterable[str]:
    """List what is wrong with text and hints."""
    try:
        exercise.text(STUDENT)
        if len(exercise.hints(STUDENT)) != 3:
            yield "hints.md does not hold three hints under ## headings"
        exercise.removable(STUDENT)
    except (OSError, ValueError) as error:
        yield str(error)
    if unknown := [id for id in exercise.after if id not in course.exercises()]:
        yield f"comes after {unknown[0]!r}, which is no exercise"


def solutions(folder: Path) -> Iterable[str]:
    """List what is missing beside the grader."""
    if not (folder / "solution.sh").is_file():
        yield "there is no solution.sh"
    if len(list((folder / "wrong").glob("*.sh"))) < 2:
        yield "there are fewer than two wrong solutions"


def variants(count: int) -> list[str]:
    """Give student ids for so many variants."""
    return [STUDENT, *(f"student-{variant.letters(variant.seed(STUDENT, str(n), ''), 5)}" for n in range(1, count))]
