"""Cases: answers, declarations."""
from __future__ import annotations

from pathlib import Path

import pytest
from grading_helpers import case

from graders.check import Fail, Result, Status, check, read_answers


def test_answers_are_name_value_lines_and_the_last_one_counts(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("# a note = no\nhost = 12\n\ninside=3\nhost = 13\nnonsense\n")
    assert case(tmp_path).answers == {"host": "13", "inside": "3"}
    assert case(tmp_path).answer("inside") == "3"


@pytest.mark.parametrize(("text", "found"), [(None, "no file answer.txt"), ("host =\n", "no such line")])
def test_a_missing_answer_fails(tmp_path: Path, text: str | None, found: str) -> None:
    if text is not None:
        (tmp_path / "answer.txt").write_text(text)
    with pytest.raises(Fail) as failure:
        case(tmp_path).answer("host")
    assert failure.value.found == found


def test_a_huge_answer_is_read_in_part(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_bytes(b"host = 1\n" + b"\xff" * (1 << 20))
    assert read_answers(tmp_path / "answer.txt") == {"host": "1"}


def test_a_check_cannot_be_worth_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="0 points or more"):
        check(points=-1)


def test_a_title_is_the_docstring_on_one_line() -> None:
    @check(points=1)
    def one(case: object) -> None:
        """a long
        sentence"""

    assert (one.name, one.title) == ("one", "a long sentence")


@pytest.mark.parametrize("data", [{}, {"status": "great"}, {"status": "pass", "check": "x"}])
def test_what_is_no_result_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"result|great"):
        Result.read(data)


def test_a_result_survives_being_data() -> None:
    one = Result("a", "b", Status.PARTIAL, 1.5, 3, expected="x")
    assert Result.read(one.data()) == one
