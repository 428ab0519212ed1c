"""Repeat a student's work in a fresh engine, and look at what came of it.

Set-up, then the work typed into a shell that owns nothing but its folder and the engine's socket, then the
checks. However the work ends (it loops, it forks, it breaks its terminal), what it left is what is graded.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import course, engine, limits, runner, terminal, tools, variant
from .api import Api
from .check import Ungradable
from .facts import Before

PLACES = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


LONGEST_WAIT = 30.0  # a student may have had a coffee between two lines; the replay does not


@dataclass(frozen=True, slots=True)
class Step:
    """Keys pressed on one terminal, and the seconds that an answer without a prompt is waited for."""

    keys: str
    patience: float = 0.0
    terminal: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a student typed for one exercise, in order, on one terminal or several."""

    steps: tuple[Step, ...] = ()
    editing: bool = False  # keys as they were pressed, so the shell's line editor takes part
    files: tuple[tuple[str, bytes], ...] = ()  # of the exercise's folder, by relative path

    @classmethod
    def script(cls, text: str, values: Mapping[str, str]) -> Work:
        """Make work of a script, see `terminal.parse`, with a variant's values."""
        known = variant.environment(values)
        return cls(tuple(Step(*terminal.parse(line, known)) for line in text.splitlines()))

    @classmethod
    def recording(cls, lines: Iterable[str]) -> Work:
        """Make work of a recorder's lines: {"terminal": …, "gap": …, "keys": …}; raise ValueError where it is none."""
        entries = [json.loads(line) for line in lines]
        if not all(isinstance(entry, dict) and isinstance(entry.get("keys"), str) for entry in entries):
            raise ValueError("not a recording")
        gaps = [min(float(entry.get("gap", 0.0)), LONGEST_WAIT) for entry in entries[1:]] + [0.0]
        steps = (
            Step(entry["keys"], gap, str(entry.get("terminal", ""))) for entry, gap in zip(entries, gaps, strict=False)
        )
        return cls(tuple(steps), editing=True)


def environment(
    exercise: course.Exercise, student: str, *, host: str, work: Path, clients: Path | None
) -> dict[str, str]:
    """Give the environment of set-up and work: nothing of the grader's own; no clients takes the machine's."""
    return {
        "PATH": f"{clients}:{PLACES}" if clients else PLACES,
        "HOME": str(work), "LANG": "C.UTF-8", "DOCKER_HOST": host, "LAB_STUDENT": student, "LAB_WORK": str(work),
        **variant.environment(exercise.values(student)),
    }


def prepare(exercise: course.Exercise, work: Path, env: Mapping[str, str], *, before: Sequence[str] = ()) -> None:
    """Put the starter files in place and run the set-up; raise Ungradable where that fails."""
    starter = exercise.folder / "starter"
    if starter.is_dir():
        shutil.copytree(starter, work, dirs_exist_ok=True)
    script = exercise.folder / "setup.sh"
    if not script.is_file():
        return
    try:
        done = subprocess.run(
            [*before, "bash", "-e", str(script)], cwd=work, env=dict(env), stdin=subprocess.DEVNULL,
            capture_output=True, timeout=120, check=False,
        )
    except subprocess.TimeoutExpired:
        raise Ungradable(f"the set-up of {exercise.id} does not end") from None
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Ungradable(f"the set-up of {exercise.id} failed: {said[-1] if said else f'exit {done.returncode}'}")


def write(files: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Write the files of a submission; their paths were looked at when it was read."""
    for name, data in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def hand_over(folder: Path) -> None:
    """Give a folder and all in it to the work's user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, limits.USER, limits.USER, follow_symlinks=False)


def grade(exercise: course.Exercise, work: Work, *, student: str, images: Path) -> runner.Report:
    """Replay the work of one exercise and run its checks; trouble of ours makes it ungradable."""
    try:
        archives = sorted(images.glob("*.tar"))
        if not archives:
            raise Ungradable(f"there are no course images in {images}; `python -m labs.images` makes them")
        with (
            engine.slot() as slot,
            limits.group(f"docklab-grade-{slot}-engine") as inner,
            limits.group(f"docklab-grade-{slot}") as outer,
            engine.fresh(archives, slot=slot, parent=inner) as fresh,
        ):
            return replay(exercise, work, student=student, running=fresh, group=outer)
    except Ungradable as error:
        return runner.failed(exercise, student, str(error))


def replay(
    exercise: course.Exercise, work: Work, *, student: str, running: engine.Engine, group: limits.Group
) -> runner.Report:
    """Do the work in a running engine, end what is left of it, and check."""
    home = running.folder / "home"
    folder = home / "docklab" / "work" / exercise.id  # as at a student's desk, so that ~/… leads to the same place
    folder.mkdir(mode=0o755, parents=True)
    clients = tools.clients(engine.BASE)
    env = environment(exercise, student, host=running.host, work=folder, clients=clients)
    env |= {"HOME": str(home), **tools.interpreter()}
    prepare(exercise, folder, env)
    write(work.files, folder)
    hand_over(home)
    os.chown(running.socket, 0, limits.USER)
    running.socket.chmod(0o660)
    before = Before.seen(Api(running.host))
    for image in exercise.images:
        before.image(image)
    probe(env, folder, before=[*group.prefix(), *limits.unprivileged()])
    settings = running.folder / "bashrc"
    note = perform(work, exercise, env=env, folder=folder, group=group, settings=settings)
    group.kill()
    report = runner.run(exercise, host=running.host, student=student, work=folder, before=before)
    return runner.Report(report.exercise, report.student, report.results, note)


def probe(env: Mapping[str, str], folder: Path, *, before: Sequence[str]) -> None:
    """See that the work's user can use the client at all: where not, everybody would get 0 points for our fault."""
    command = [*before, "docker", "ps", "-q"]
    done = subprocess.run(
        command, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Ungradable(f"the work cannot use docker: {said[-1] if said else f'exit {done.returncode}'}")


def perform(
    work: Work,
    exercise: course.Exercise,
    *,
    env: Mapping[str, str],
    folder: Path,
    group: limits.Group,
    settings: Path,
) -> str:
    """Type the work; give a note for the student where it did not go through to its end."""
    if not work.steps:
        return "nothing was handed in for this exercise"
    before = [*group.prefix(), *limits.unprivileged()]
    with terminal.Desk(env, folder, settings=settings, seconds=exercise.seconds, before=before) as desk:
        try:
            for number, step in enumerate(work.steps, 1):
                shell = desk.shell(step.terminal, editing=work.editing)
                if not shell.alive:
                    return f"the shell ended before line {number} of {len(work.steps)}"
                shell.keys(step.keys, patience=step.patience)
        except terminal.TimeUp:
            return f"the work did not end within {exercise.seconds:g} s; it was checked as it stood"
        except OSError as error:
            return f"the terminal broke: {error}"
    return ""
