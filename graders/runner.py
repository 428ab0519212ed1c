"""Run the checks of one exercise: each in a process of its own, its result by pipe, looked at before it counts.

    python -m graders.runner EXERCISE --host unix:///… --student ID --work DIR [--before FILE]

prints one JSON document (see Report). A check that crashes, hangs or lies about its result is ungradable.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import course, journal, terminal
from .api import Api, Refused
from .check import Case, Check, Fail, Result, Status, Ungradable
from .facts import Before, Facts

SECONDS = 60.0  # for one check: some stop a container or wait for one


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one exercise for one student."""

    exercise: str
    student: str
    results: tuple[Result, ...]
    note: str = ""  # about the replay: it did not end in time, …

    @property
    def points(self) -> float:
        """The points earned."""
        return round(sum(result.points for result in self.results), 2)

    @property
    def maximum(self) -> int:
        """The points there are."""
        return sum(result.maximum for result in self.results)

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(result.status == Status.PASS for result in self.results)

    @property
    def ungradable(self) -> bool:
        """Whether something could not be told."""
        return any(result.status == Status.UNGRADABLE for result in self.results)

    def data(self) -> dict[str, Any]:
        """Give the report as JSON data."""
        return {
            "exercise": self.exercise, "student": self.student, "points": self.points, "maximum": self.maximum,
            "note": self.note, "results": [result.data() for result in self.results],
        }

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Report:
        """Make a report of JSON data."""
        results = tuple(Result.read(one) for one in data["results"])
        return cls(str(data["exercise"]), str(data["student"]), results, str(data.get("note", "")))


def checks(module: str) -> list[Check]:
    """Import a grader and list its checks in the order in which they are written."""
    found = [thing for thing in vars(importlib.import_module(module)).values() if isinstance(thing, Check)]
    seen: set[str] = set()
    for one in found:
        if missing := set(one.needs) - seen:
            raise course.CourseError(f"{module}: {one.name} needs {min(missing)!r}, which is no check above it")
        seen.add(one.name)
    return found


def run(exercise: course.Exercise, *, host: str, student: str, work: Path, before: Before) -> Report:
    """Run every check of an exercise against an engine."""
    try:
        declared = checks(exercise.module)
    except Exception as error:  # a grader that does not load: could not tell, for all its points
        why = f"the grader does not load: {error}"
        return failed(exercise, student, why)
    case = make_case(exercise, host=host, student=student, work=work, before=before)
    return Report(exercise.id, student, tuple(run_all(declared, case)))


def failed(exercise: course.Exercise, student: str, why: str) -> Report:
    """Make the report of an exercise that could not be looked at."""
    result = Result("grader", exercise.title, Status.UNGRADABLE, 0.0, exercise.points, because=why)
    return Report(exercise.id, student, (result,))


def make_case(exercise: course.Exercise, *, host: str, student: str, work: Path, before: Before) -> Case:
    """Gather what checks may look at."""
    api = Api(host)

    def console(command: str) -> terminal.Terminal:
        env = {**os.environ, "DOCKER_HOST": host}
        return terminal.Terminal(["bash", "-c", command], env=env, folder=work)

    values = exercise.values(student)
    return Case(Facts(api), before, lambda: journal.fetch(api, since=before.time), values, work, console)


def run_all(declared: Sequence[Check], case: Case) -> list[Result]:
    """Run checks in order, leaving out those that need one that did not pass."""
    results: dict[str, Result] = {}
    for one in declared:
        lacking = [name for name in one.needs if results[name].status != Status.PASS]
        if lacking:
            status = results[lacking[0]].status
            results[one.name] = without(one, lacking[0], could_not_tell=status == Status.UNGRADABLE)
        else:
            results[one.name] = apart(one, lambda one=one: judge(one, case))  # type: ignore[misc]
    return list(results.values())


def without(one: Check, needed: str, *, could_not_tell: bool) -> Result:
    """Make the result of a check that was not run; what rests on something unknown is unknown too."""
    if could_not_tell:
        return one.result(Status.UNGRADABLE, because=f"needs {needed}, which could not be told")
    return one.result(Status.SKIPPED, because=f"needs {needed}")


def judge(one: Check, case: Case) -> Result:
    """Run one check here, and turn however it ends into a result."""
    try:
        one(case)
    except Fail as failure:
        status = Status.PARTIAL if failure.fraction > 0 else Status.FAIL
        points = round(one.points * min(failure.fraction, 1.0), 2)
        return one.result(
            status, points, expected=failure.expected, found=failure.found, because=failure.because, look=failure.look
        )
    except (Ungradable, Refused) as error:
        return one.result(Status.UNGRADABLE, because=str(error))
    except Exception as error:  # the check's own fault: told as such, never as 0 points
        return one.result(Status.UNGRADABLE, because=f"the check crashed: {type(error).__name__}: {error}")
    return one.result(Status.PASS, one.points)


def apart(one: Check, work: Callable[[], Result], *, seconds: float = SECONDS) -> Result:
    """Do the work in a child process and read its result, whatever becomes of the child."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        answer(writer, work)
    os.close(writer)
    try:
        data = receive(reader, seconds)
    except TimeoutError:
        return one.result(Status.UNGRADABLE, because=f"the check took longer than {seconds:g} s")
    finally:
        os.close(reader)
        end(child)
    return believe(one, data)


def answer(writer: int, work: Callable[[], Result]) -> None:
    """In the child: work, write the result, and end without touching what the parent has open."""
    try:
        os.setsid()
        quiet = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(quiet, descriptor)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(json.dumps(work().data()).encode())
    finally:
        os._exit(0)


def receive(reader: int, seconds: float) -> bytes:
    """Read until the other end closes; raise TimeoutError when that takes too long."""
    ends, data = time.monotonic() + seconds, bytearray()
    while select.select([reader], [], [], max(0.0, ends - time.monotonic()))[0]:
        part = os.read(reader, 1 << 16)
        if not part:
            return bytes(data)
        data += part
    raise TimeoutError


def end(child: int) -> None:
    """Make sure that the child and all it started are gone, and reap it."""
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    os.waitpid(child, 0)


def believe(one: Check, data: bytes) -> Result:
    """Turn what a child wrote into a result, after looking that it is one of this check."""
    try:
        result = Result.read(json.loads(data))
        if (result.check, result.maximum) != (one.name, one.points):
            raise ValueError(f"a result of {result.check}")
    except ValueError as error:
        return one.result(Status.UNGRADABLE, because=f"the check gave no result: {error}")
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks named on the command line and print the report as JSON."""
    parser = argparse.ArgumentParser(prog="python -m graders.runner")
    parser.add_argument("exercise")
    parser.add_argument("--host", required=True)
    parser.add_argument("--student", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--before", type=Path)
    chosen = parser.parse_args(arguments)
    exercise = course.find(chosen.exercise)
    before = Before.read(json.loads(chosen.before.read_text(encoding="utf-8"))) if chosen.before else Before()
    report = run(exercise, host=chosen.host, student=chosen.student, work=chosen.work, before=before)
    json.dump(report.data(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
