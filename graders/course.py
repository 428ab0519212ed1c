"""The course as data: chapters from labs/course.toml, exercises from their folders.

An exercise's id is `chapter/exercise` with hyphens; its folders use underscores, so that a grader can be
imported: `getting-started/pid-one` is labs/getting_started/pid_one/ and graders/checks/getting_started/pid_one.py.
What a student may see is in the first, what only an instructor keeps is in and beside the second.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import variant

LABS = Path(__file__).resolve().parent.parent / "labs"
CHECKS = Path(__file__).resolve().parent / "checks"
KEYS = {"title", "points", "minutes", "after", "images", "limits", "variant", "answers", "leaves"}


class CourseError(Exception):
    """The course or an exercise is not as the format says; the message names the file."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """What the exercise is about, so what `reset` removes; entries may hold {{values}} of the variant."""

    containers: tuple[str, ...] = ()  # names, or "ancestor:IMAGE" for every container of an image
    images: tuple[str, ...] = ()  # tags
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: its folder's exercise.toml."""

    id: str
    folder: Path  # in labs/: what the student gets
    grader: Path  # graders/checks/<chapter>/<exercise>.py; the folder of the same name holds the solutions
    title: str
    points: int
    minutes: int
    images: tuple[str, ...]  # course images that must be there
    after: tuple[str, ...] = ()  # exercises to do before
    seconds: float = 60.0  # how long a replay of the work may take
    answers: tuple[str, ...] = ()  # names asked for in answer.txt
    variant: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    leaves: Leaves = field(default_factory=Leaves)

    @property
    def chapter(self) -> str:
        """The chapter's id."""
        return self.id.partition("/")[0]

    @property
    def solutions(self) -> Path:
        """The folder with solution.sh, wrong/ and cheat/."""
        return self.grader.with_suffix("")

    @property
    def module(self) -> str:
        """The import path of its grader."""
        return ".".join(("graders", "checks", *self.grader.with_suffix("").parts[-2:]))

    def values(self, student: str) -> dict[str, str]:
        """Draw the variant of one student."""
        return variant.draw(self.variant, student=student, exercise=self.id)

    def text(self, student: str) -> str:
        """Give the task as this student reads it."""
        return variant.fill((self.folder / "text.md").read_text(encoding="utf-8"), self.values(student))

    def hints(self, student: str) -> tuple[str, ...]:
        """Give the hints, vaguest first: the parts of hints.md between its `##` headings."""
        text = variant.fill((self.folder / "hints.md").read_text(encoding="utf-8"), self.values(student))
        return tuple(part.partition("\n")[2].strip() for part in text.split("\n## ")[1:])

    def removable(self, student: str) -> Leaves:
        """Give what `reset` removes, with this student's values."""
        values = self.values(student)
        kinds = (self.leaves.containers, self.leaves.images, self.leaves.volumes)
        return Leaves(*(tuple(variant.fill(entry, values) for entry in kind) for kind in kinds))


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: a notebook and its exercises in order."""

    id: str
    number: str
    title: str
    notebook: str
    exercises: tuple[str, ...]


def read(path: Path) -> dict[str, Any]:
    """Read a TOML file; raise CourseError naming it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"cannot read {path}: {error}") from None


def load(folder: Path, grader: Path, *, id: str) -> Exercise:
    """Read one exercise."""
    data = read(folder / "exercise.toml")
    if unknown := data.keys() - KEYS:
        raise CourseError(f"{folder / 'exercise.toml'}: unknown key {min(unknown)!r}")
    lists = {key: tuple(data.get(key, ())) for key in ("images", "after", "answers")}
    try:
        return Exercise(
            id, folder, grader, str(data["title"]), int(data["points"]), int(data["minutes"]),
            seconds=float(data.get("limits", {}).get("seconds", 60)), variant=data.get("variant", {}),
            leaves=Leaves(**{kind: tuple(names) for kind, names in data.get("leaves", {}).items()}), **lists,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{folder / 'exercise.toml'}: {error}") from None


@functools.cache
def chapters() -> tuple[Chapter, ...]:
    """Give the chapters in the course's order."""
    return tuple(
        Chapter(row["id"], row["number"], row["title"], row["notebook"], tuple(row["exercises"]))
        for row in read(LABS / "course.toml")["chapter"]
    )


@functools.cache
def exercises() -> dict[str, Exercise]:
    """Give every exercise by its id, in the course's order."""
    found = {}
    for chapter in chapters():
        for name in chapter.exercises:
            place = Path(chapter.id.replace("-", "_"), name.replace("-", "_"))
            id = f"{chapter.id}/{name}"
            found[id] = load(LABS / place, (CHECKS / place).with_suffix(".py"), id=id)
    return found


def find(reference: str) -> Exercise:
    """Find an exercise by its id or, where only one has it, by its last part."""
    known = exercises()
    if reference in known:
        return known[reference]
    matches = [exercise for id, exercise in known.items() if id.partition("/")[2] == reference]
    if len(matches) == 1:
        return matches[0]
    raise CourseError(f"no exercise {reference!r}; `docklab list` shows them all")
