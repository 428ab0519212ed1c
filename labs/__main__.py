"""The course's verbs on a terminal: python -m labs list | start | check | hint | reset | submit | verify."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from graders import course, labgrade, submission, worker
from graders.report import table

from . import desk

CONSOLE = Console(highlight=False)


def show_list(chosen: argparse.Namespace) -> int:
    """Print chapters, exercises and points."""
    points, known = desk.progress(), course.exercises()
    out = Table("exercise", "title", box=None)
    out.add_column("points", justify="right")
    for chapter in course.chapters():
        out.add_row(f"[bold]{chapter.number} {chapter.title}[/]", "", "")
        for name in chapter.exercises:
            exercise = known[f"{chapter.id}/{name}"]
            earned = points[exercise.id]
            shown = "–" if earned is None else f"{earned:g}"
            out.add_row(f"  {exercise.id}", exercise.title, f"{shown} / {exercise.points}")
    CONSOLE.print(out)
    return 0


def start(chosen: argparse.Namespace) -> int:
    """Begin an exercise and print its task."""
    task(desk.start(chosen.exercise), desk.find(chosen.exercise))
    return 0


def reset(chosen: argparse.Namespace) -> int:
    """Begin again and print the task."""
    task(desk.reset(chosen.exercise), desk.find(chosen.exercise))
    return 0


def task(text: str, exercise: course.Exercise) -> None:
    """Print an exercise's task."""
    CONSOLE.print(f"[bold]{exercise.title}[/]  [dim]{exercise.id}, {exercise.points} points[/]\n")
    CONSOLE.print(Markdown(text))
    CONSOLE.print(f"\n[dim]Your folder: cd {tilde(desk.folder(exercise))}[/]", soft_wrap=True)


def tilde(path: Path) -> str:
    """Write a path the way in which it means the same on another machine."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)


def check(chosen: argparse.Namespace) -> int:
    """Check an exercise: exit code 0 passed, 1 not yet, 3 could not tell."""
    report = desk.check(chosen.exercise)
    if chosen.json:
        print(json.dumps(report.data()))
    else:
        table.show(report, CONSOLE)
    return labgrade.UNGRADABLE if report.ungradable else 0 if report.passed else 1


def hint(chosen: argparse.Namespace) -> int:
    """Print the next hint."""
    number, count, text = desk.hint(chosen.exercise)
    CONSOLE.print(f"[bold]Hint {number} of {count}[/]\n")
    CONSOLE.print(Markdown(text))
    return 0


def submit(chosen: argparse.Namespace) -> int:
    """Write the file to hand in."""
    path, ids = desk.submit(chosen.output)
    CONSOLE.print(f"{path} holds your work for {len(ids)} exercises: {', '.join(ids) or 'none'}")
    for exercise in map(course.find, ids):
        if not desk.recording(exercise).is_file() and not (desk.folder(exercise) / "work.sh").is_file():
            CONSOLE.print(f"[yellow]{exercise.id}: nothing was recorded. Type in a terminal of the course.[/]")
    CONSOLE.print("docklab verify --replay FILE repeats the work and grades it, as the grader will.")
    return 0


def verify(chosen: argparse.Namespace) -> int:
    """Look at a submission, and with --replay grade it."""
    try:
        given = submission.read(chosen.file)
    except submission.Rejected as error:
        raise desk.DeskError(f"{chosen.file} is no submission: {error}") from None
    CONSOLE.print(f"{chosen.file}: work of {given.student}, made {given.made}, {len(given.work)} exercises")
    for note in given.notes:
        CONSOLE.print(f"[red]{note}[/]")
    if not chosen.replay:
        return 1 if given.notes else 0
    return max((replay(course.find(id), given) for id in course.exercises() if id in given.work), default=0)


def replay(exercise: course.Exercise, given: submission.Submission) -> int:
    """Repeat and grade the work of one exercise."""
    report = worker.one(exercise, given, images=labgrade.course_images())
    CONSOLE.print(f"\n[bold]{exercise.id}[/]")
    table.show(report, CONSOLE)
    return labgrade.UNGRADABLE if report.ungradable else 0 if report.passed else 1


def arguments() -> argparse.ArgumentParser:
    """Declare the verbs."""
    parser = argparse.ArgumentParser(prog="docklab")
    verbs = parser.add_subparsers(required=True)
    functions: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": show_list, "start": start, "check": check, "hint": hint, "reset": reset, "submit": submit,
        "verify": verify,
    }
    for name, function in functions.items():
        verbs.add_parser(name).set_defaults(run=function)
    verbs.choices["start"].add_argument("exercise")
    for name in ("check", "hint", "reset"):
        verbs.choices[name].add_argument("exercise", nargs="?", default="")
    verbs.choices["check"].add_argument("--json", action="store_true")
    verbs.choices["submit"].add_argument("--output", type=Path)
    verbs.choices["verify"].add_argument("file", type=Path)
    verbs.choices["verify"].add_argument("--replay", action="store_true")
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run one verb; what a student can mend is one line on standard error."""
    chosen = arguments().parse_args(words)
    try:
        return int(chosen.run(chosen))
    except (desk.DeskError, course.CourseError) as error:
        print(f"docklab: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
