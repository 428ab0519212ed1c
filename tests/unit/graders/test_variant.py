"""Values drawn from a student's id."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from graders import variant

SPECIFICATION = {
    "name": {"word": "polite"}, "port": {"number": [8000, 8003]}, "colour": {"choose": ["red", "green", "blue"]},
}


@given(student=some.text(), exercise=some.text())
def test_values_are_within_what_was_asked_and_always_the_same(student: str, exercise: str) -> None:
    drawn = variant.draw(SPECIFICATION, student=student, exercise=exercise)
    assert drawn == variant.draw(SPECIFICATION, student=student, exercise=exercise)
    assert drawn["name"].startswith("polite-")
    assert len(drawn["name"]) == len("polite-") + 4
    assert 8000 <= int(drawn["port"]) <= 8003
    assert drawn["colour"] in {"red", "green", "blue"}


def test_students_differ_and_spelling_does_not() -> None:
    names = {variant.draw(SPECIFICATION, student=f"s{n}", exercise="e")["name"] for n in range(200)}
    assert len(names) == 200
    assert variant.seed("Ada", "e", "k") == variant.seed(" ada\n", "e", "k")


@pytest.mark.parametrize("how", [{}, {"word": 3}, {"number": [1]}, {"choose": []}])
def test_an_unknown_way_to_draw_is_refused(how: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="drawn by word, number or choose"):
        variant.value(how, 1)


def test_fill_puts_values_in_and_refuses_unknown_ones() -> None:
    assert variant.fill("run {{name}} {{ x }}", {"name": "n"}) == "run n {{ x }}"
    with pytest.raises(ValueError, match="other"):
        variant.fill("{{other}}", {"name": "n"})


def test_scripts_see_values_in_capitals() -> None:
    assert variant.environment({"name": "n"}) == {"LAB_NAME": "n"}
