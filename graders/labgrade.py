"""The instructor's command.

    labgrade PATH… [-j N] [-o DIR]                             the same as labgrade grade
    labgrade lint [EXERCISE…] [--repeats N] [--variants N]     prove the graders

Exit codes: 0 all graded, 1 lint found something, 2 wrong use, 3 something was ungradable.
"""

from __future__ import annotations

import concurrent.futures
import datetime
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import course

if TYPE_CHECKING:
    from .gradebook import Outcome
    from .lint import Trial

UNGRADABLE = 3
OVERHEAD = 120.0  # seconds that an exercise may take besides its work: engine, set-up, checks


class GradeByDefault(click.Group):
    """A group whose first word may be a path: then `grade` is meant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `grade` in front of what names no command."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "--version"):
            args = ["grade", *args]
        return super().parse_args(ctx, args)


@click.group(cls=GradeByDefault)
@click.version_option("0.1.0", prog_name="labgrade")
def main() -> None:
    """Grade submissions of the course, and prove its graders."""


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-j", "--jobs", default=1, type=click.IntRange(1, 64), help="How many submissions at a time.")
@click.option("-o", "--output", default=Path("grades"), type=click.Path(file_okay=False, path_type=Path),
              show_default=True, help="Where gradebook, CSV, JSON and feedback go.")
@click.option("-e", "--exercise", "chosen", multiple=True, help="Grade only these exercises.")
@click.option("--images", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder of the course images; made where there is none.")
def grade(paths: tuple[Path, ...], jobs: int, output: Path, chosen: tuple[str, ...], images: Path | None) -> None:
    """Grade submissions: zip files, or folders of them."""
    files = submissions(paths)
    if not files:
        raise click.UsageError("no submissions (*.zip) there")
    ids = wanted(chosen)
    outcomes = grade_all(files, jobs=jobs, ids=ids, images=images or course_images())
    write(outcomes, output)
    tell(outcomes, output)
    if any(outcome.ungradable for outcome in outcomes):
        sys.exit(UNGRADABLE)


@main.command()
@click.argument("exercises", nargs=-1)
@click.option("-j", "--jobs", default=1, type=click.IntRange(1, 64), help="How many trials at a time.")
@click.option("--repeats", default=1, type=click.IntRange(1), show_default=True, help="Tries of the reference.")
@click.option("--variants", default=1, type=click.IntRange(1), show_default=True, help="For how many students.")
@click.option("--images", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder of the course images; made where there is none.")
def lint(exercises: tuple[str, ...], jobs: int, repeats: int, variants: int, images: Path | None) -> None:
    """Prove exercises: reference full, empty 0, wrong ones fail as they say, cheats 0."""
    from . import lint as linting

    faults = 0
    found = [course.find(id) for id in wanted(exercises)]
    for exercise in found:
        for fault in linting.shape(exercise):
            faults += 1
            click.echo(f"✗ {exercise.id}: {fault}")
    students = linting.variants(variants)
    trials = [trial for exercise in found for trial in linting.trials(exercise, students=students, repeats=repeats)]
    for trial, fault in attempts(trials, jobs=jobs, images=images or course_images()):
        faults += bool(fault)
        click.echo(f"{'✗' if fault else '✓'} {trial.exercise.id} {trial.name}{fault and ': '}{fault}")
    click.echo(f"{len(found)} exercises, {len(trials)} trials, {faults} faults")
    sys.exit(1 if faults else 0)


def attempts(trials: Sequence[Trial], *, jobs: int, images: Path) -> Iterator[tuple[Trial, str]]:
    """Try solutions, some at a time, each in a process of its own; give the faults in order."""
    from . import lint as linting

    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        futures = [pool.submit(linting.attempt, trial, images=images) for trial in trials]
        for trial, future in zip(trials, futures, strict=True):
            yield trial, future.result()


def wanted(chosen: Sequence[str]) -> list[str]:
    """Give the ids that were asked for, all where none was."""
    try:
        return [course.find(id).id for id in chosen] or list(course.exercises())
    except course.CourseError as error:
        raise click.UsageError(str(error)) from None


def submissions(paths: Sequence[Path]) -> list[Path]:
    """List the submissions: files as they are named, and the zip files of folders."""
    found = [file for path in paths for file in (sorted(path.glob("*.zip")) if path.is_dir() else [path])]
    return list(dict.fromkeys(found))


def course_images() -> Path:
    """Give the folder of the course images; the module that builds them prints what it made or found."""
    done = subprocess.run([sys.executable, "-m", "labs.images"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0 or not done.stdout.strip():
        raise click.ClickException("the course images cannot be made; see above")
    return Path(done.stdout.splitlines()[0]).parent


def grade_all(files: Sequence[Path], *, jobs: int, ids: Sequence[str], images: Path) -> list[Outcome]:
    """Grade every file, some at a time; give the outcomes in the order of the files."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar, concurrent.futures.ThreadPoolExecutor(
        jobs
    ) as pool:
        task = bar.add_task("grading", total=len(files))
        futures = [pool.submit(grade_one, file, ids=ids, images=images) for file in files]
        for future in futures:
            future.add_done_callback(lambda _: bar.advance(task))
        return [future.result() for future in futures]


def grade_one(file: Path, *, ids: Sequence[str], images: Path) -> Outcome:
    """Grade one file in a process of its own."""
    from .gradebook import Outcome

    command = [sys.executable, "-m", "graders.worker", str(file), "--images", str(images)]
    command += [word for id in ids for word in ("--exercise", id)]
    seconds = sum(course.find(id).seconds + OVERHEAD for id in ids)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.communicate()
        return Outcome(file.name, file.stem, problem=f"grading took longer than {seconds:g} s")
    if process.returncode != 0:
        last = err.decode(errors="replace").strip().splitlines()[-1:] or [f"exit {process.returncode}"]
        return Outcome(file.name, file.stem, problem=f"grading broke off: {last[0]}")
    return outcome(file, json.loads(out))


def outcome(file: Path, said: dict[str, object]) -> Outcome:
    """Make an outcome of what the worker said."""
    from .gradebook import Outcome
    from .runner import Report

    if "problem" in said:
        return Outcome(file.name, file.stem, problem=str(said["problem"]))
    reports: list[dict[str, object]] = said["reports"]  # type: ignore[assignment]
    notes: list[str] = said["notes"]  # type: ignore[assignment]
    made = tuple(Report.read(report) for report in reports)
    return Outcome(file.name, str(said["student"]), made, notes=tuple(notes), made=str(said["made"]))


def write(outcomes: Sequence[Outcome], folder: Path) -> None:
    """Write gradebook, CSV, JSON and a page for each submission."""
    from . import gradebook
    from .report import files, page

    feedback = folder / "feedback"
    feedback.mkdir(parents=True, exist_ok=True)
    graded = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    gradebook.write(folder / "gradebook.sqlite", outcomes, graded=graded)
    (folder / "grades.csv").write_text(files.as_csv(outcomes), encoding="utf-8")
    (folder / "grades.json").write_text(files.as_json(outcomes), encoding="utf-8")
    for one in outcomes:
        (feedback / f"{Path(one.file).stem}.html").write_text(page.as_html(one), encoding="utf-8")


def tell(outcomes: Sequence[Outcome], folder: Path) -> None:
    """Print the table and a line of summary."""
    from rich.console import Console

    from .report import table

    console = Console()
    console.print(table.grades(outcomes))
    unknown = sum(outcome.ungradable for outcome in outcomes)
    console.print(f"{len(outcomes)} submissions graded, {unknown} of them not or not wholly gradable; see {folder}")


if __name__ == "__main__":
    main()
