"""Exercises as data, and the shape of those there are."""
from __future__ import annotations

from pathlib import Path

import pytest

from graders import course, lint, runner

GOOD = 'title = "T"\npoints = 3\nminutes = 5\n'


def load(folder: Path, text: str) -> course.Exercise:
    (folder / "exercise.toml").write_text(text)
    return course.load(folder, folder / "grader.py", id="a/b")


def test_a_small_exercise_has_defaults(tmp_path: Path) -> None:
    exercise = load(tmp_path, GOOD)
    assert (exercise.title, exercise.points, exercise.seconds, exercise.images) == ("T", 3, 60.0, ())


@pytest.mark.parametrize("text", ["", GOOD + "poinst = 3\n", "title = ", 'title = "T"\npoints = "many"\nminutes = 1\n',
                                  GOOD + "[leaves]\ncontainer = []\n"])
def test_a_wrong_exercise_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(course.CourseError, match=r"exercise\.toml"):
        load(tmp_path, text)


def test_hints_are_the_parts_between_headings(tmp_path: Path) -> None:
    exercise = load(tmp_path, GOOD + '[variant]\nname = { choose = ["x"] }\n')
    (tmp_path / "hints.md").write_text("# Hints\n\n## 1\n\nvague\n\n## 2\n\n{{name}}\n")
    assert exercise.hints("s") == ("vague", "x")


def test_an_exercise_is_found_by_its_last_part_too() -> None:
    assert course.find("pid-one") is course.find("getting-started/pid-one")
    with pytest.raises(course.CourseError, match="no exercise 'nothing'"):
        course.find("nothing")


@pytest.mark.parametrize("id", list(course.exercises()))
def test_every_exercise_has_the_shape_of_one(id: str) -> None:
    assert lint.shape(course.find(id)) == []


@pytest.mark.parametrize("id", list(course.exercises()))
def test_wrong_solutions_name_checks_that_exist(id: str) -> None:
    exercise = course.find(id)
    names = {one.name for one in runner.checks(exercise.module)}
    for path in (exercise.solutions / "wrong").glob("*.sh"):
        fails, partial = lint.declared(path.read_text())
        assert fails | partial, path.name
        assert fails | partial <= names, path.name
