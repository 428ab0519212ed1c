"""Reading a Dockerfile."""

from __future__ import annotations

import pytest

from runtime.build import dockerfile
from runtime.errors import BadRequest


def texts(text: str) -> list[str]:
    return [one.text for one in dockerfile.parse(text)]


def test_instructions_in_any_case_and_comments_between() -> None:
    assert texts("# first\nfrom busybox\n\n  run true\n#last") == ["FROM busybox", "RUN true"]


def test_continued_lines_may_have_comments_and_blank_lines_between() -> None:
    assert texts("RUN a && \\\n# why\n\n    b\n") == ["RUN a &&     b"]


def test_the_escape_character_can_be_chosen() -> None:
    assert texts("# escape=`\nRUN a `\n b\nRUN c\\\n") == ["RUN a  b", "RUN c\\"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "cannot be empty"), ("FORM x", "line 1: unknown instruction: FORM"), ("FROM x\nRUN", "line 2: RUN requires")],
)
def test_refusals(text: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        dockerfile.parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A/x", "1/x"), ("${A}x", "1x"), ("${B:-d}", "d"), ("${A:-d}", "1"),
        ("${A:+o}", "o"), ("${B:+o}", ""), (r"\$A", "$A"), ("$B", ""),
    ],
)  # fmt: skip
def test_variables(text: str, value: str) -> None:
    assert dockerfile.expand(text, {"A": "1"}) == value
