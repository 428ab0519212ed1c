"""A student's desk: begin an exercise, check it, ask for a hint, begin again, hand in.

    $DOCKLAB_HOME (~/docklab)
        student                                  the id, one line
        work/<chapter>/<exercise>/               the exercise's folder: starter files, answer.txt, work.sh
        .state/current                           the exercise under way
        .state/exercises/<chapter>/<exercise>    when it began, what there was, hints given, the last report
        .state/recordings/<chapter>/<exercise>   what was typed
"""

from __future__ import annotations

import datetime
import getpass
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from graders import course, replay, runner, submission, tools
from graders.api import Api, Refused
from graders.check import Ungradable
from graders.facts import Before

JSON = dict[str, Any]
CARRIED = 1 << 20  # larger files are results, which the replay makes again


class DeskError(Exception):
    """Something a student can do something about; the message says what."""


def home() -> Path:
    """Give the student's folder."""
    return Path(os.environ.get("DOCKLAB_HOME") or Path.home() / "docklab")


def state() -> Path:
    """Give the folder of what the desk remembers."""
    return home() / ".state"


def host() -> str:
    """Give the engine's address."""
    return os.environ.get("DOCKER_HOST") or "unix:///run/docklab.sock"


def student() -> str:
    """Give the student's id, made of the login name the first time."""
    path = home() / "student"
    if path.is_file() and (id := path.read_text(encoding="utf-8").strip()):
        if not submission.STUDENT.fullmatch(id):
            raise DeskError(f"{path} holds {id!r}, which is no id: letters, digits and . _ @ + - are")
        return id
    id = os.environ.get("DOCKLAB_STUDENT") or re.sub(r"[^A-Za-z0-9._@+-]", "-", getpass.getuser())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(id + "\n", encoding="utf-8")
    return id


def under_way() -> str:
    """Give the id of the exercise under way, "" for none."""
    try:
        return (state() / "current").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def find(reference: str = "") -> course.Exercise:
    """Find an exercise, the one under way where none is named."""
    reference = reference or under_way()
    if not reference:
        raise DeskError("no exercise is under way; `docklab list` shows them, `docklab start ID` begins one")
    try:
        return course.find(reference)
    except course.CourseError as error:
        raise DeskError(str(error)) from None


def folder(exercise: course.Exercise) -> Path:
    """Give the student's folder of an exercise."""
    return home() / "work" / exercise.id


def recall(exercise: course.Exercise) -> JSON:
    """Give what is remembered of an exercise; nothing of one that was not begun."""
    try:
        remembered: JSON = json.loads((state() / "exercises" / f"{exercise.id}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return remembered


def remember(exercise: course.Exercise, **facts: object) -> None:
    """Remember something of an exercise."""
    path = state() / "exercises" / f"{exercise.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({**recall(exercise), **facts}), encoding="utf-8")
    fresh.replace(path)


def start(reference: str) -> str:
    """Begin an exercise, or go on with it, and give its task."""
    exercise = find(reference)
    if "before" not in recall(exercise):
        set_up(exercise)
    current = state() / "current"
    current.parent.mkdir(parents=True, exist_ok=True)
    current.write_text(exercise.id + "\n", encoding="utf-8")
    return exercise.text(student())


def set_up(exercise: course.Exercise) -> None:
    """Put the starter files in place, run the set-up and remember what there is before the work."""
    work = folder(exercise)
    work.mkdir(parents=True, exist_ok=True)
    env = replay.environment(exercise, student(), host=host(), work=work, clients=tools.own())
    try:
        there = Before.seen(Api(host()))
        for image in exercise.images:
            there.image(image)
        replay.prepare(exercise, work, env)
        remember(exercise, before=Before.seen(Api(host())).data(), hints=0)
    except (Ungradable, Refused) as error:
        raise DeskError(str(error)) from None


def check(reference: str = "") -> runner.Report:
    """Check an exercise in a process of its own and give the report."""
    exercise = find(reference)
    if "before" not in recall(exercise):
        raise DeskError(f"{exercise.id} was not begun: docklab start {exercise.id}")
    before = state() / "exercises" / f"{exercise.id}.before"
    before.write_text(json.dumps(recall(exercise)["before"]), encoding="utf-8")
    command = [
        sys.executable, "-m", "graders.runner", exercise.id, "--host", host(), "--student", student(),
        "--work", str(folder(exercise)), "--before", str(before),
    ]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False, cwd=course.LABS.parent)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise DeskError(f"the check broke off: {said[-1] if said else f'exit {done.returncode}'}")
    report = runner.Report.read(json.loads(done.stdout))
    remember(exercise, report=report.data())
    return report


def hint(reference: str = "") -> tuple[int, int, str]:
    """Give the next hint: its number, how many there are, its text. The last one is given again."""
    exercise = find(reference)
    hints = exercise.hints(student())
    number = min(int(recall(exercise).get("hints", 0)) + 1, len(hints))
    remember(exercise, hints=number)
    return number, len(hints), hints[number - 1]


def reset(reference: str = "") -> str:
    """Remove what an exercise made, forget what was typed, set it up again, and give its task."""
    exercise = find(reference)
    remove(exercise)
    shutil.rmtree(folder(exercise), ignore_errors=True)
    for path in (state() / "exercises" / f"{exercise.id}.json", recording(exercise)):
        path.unlink(missing_ok=True)
    return start(exercise.id)


def remove(exercise: course.Exercise) -> None:
    """Remove the containers, images and volumes that an exercise is about."""
    api, leaves = Api(host()), exercise.removable(student())
    try:
        for container in (id for name in leaves.containers for id in containers(api, name)):
            api.delete(f"/containers/{container}", force=1, v=1)
        for kind, names in (("images", leaves.images), ("volumes", leaves.volumes)):
            for name in names:
                with suppress(Refused):
                    api.delete(f"/{kind}/{name}", force=1)
    except Ungradable as error:
        raise DeskError(str(error)) from None


def containers(api: Api, name: str) -> Iterator[str]:
    """Give the ids of the containers meant by a name or by ancestor:IMAGE."""
    image = name.removeprefix("ancestor:")
    filters = {"ancestor": [image]} if image != name else {"name": [f"^/?{re.escape(name)}$"]}
    listed = api.get("/containers/json", all=1, filters=json.dumps(filters))
    yield from (str(one["Id"]) for one in listed)


def recording(exercise: course.Exercise) -> Path:
    """Give the file of what was typed for an exercise."""
    return state() / "recordings" / f"{exercise.id}.jsonl"


def submit(target: Path | None = None) -> tuple[Path, list[str]]:
    """Pack the work into one file; give its path and the ids of the exercises in it."""
    begun = [exercise for exercise in course.exercises().values() if "before" in recall(exercise)]
    files = [file for exercise in begun for file in packed(exercise)]
    path = target or Path(f"{student()}.zip")
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    submission.pack(path, student=student(), made=now, files=[*files, *journal()])
    held = {"/".join(name.split("/")[1:3]).removesuffix(".jsonl") for name, _ in files}
    return path, [exercise.id for exercise in begun if exercise.id in held]


def packed(exercise: course.Exercise) -> Iterator[tuple[str, bytes]]:
    """Give the files of one exercise: the recording, and the folder's small ones."""
    if recording(exercise).is_file():
        yield f"recordings/{exercise.id}.jsonl", recording(exercise).read_bytes()
    work = folder(exercise)
    for path in sorted(work.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= CARRIED:
            yield f"work/{exercise.id}/{path.relative_to(work)}", path.read_bytes()


def journal() -> Iterator[tuple[str, bytes]]:
    """Give the engine's journal, where it keeps one."""
    with suppress(Refused, Ungradable):
        yield "journal.jsonl", Api(host()).raw("GET", "/docklab/journal")


def progress() -> dict[str, float | None]:
    """Give the points of the last check of every exercise, None for those without one."""
    found: dict[str, float | None] = {}
    for id, exercise in course.exercises().items():
        report = recall(exercise).get("report")
        found[id] = float(report["points"]) if report else None
    return found
