"""Names of images, in Docker's grammar."""

from __future__ import annotations

import pytest

from runtime.errors import BadRequest
from runtime.model import reference


@pytest.mark.parametrize(("text", "familiar"), [
    ("busybox", "busybox:latest"),
    ("busybox:1.36", "busybox:1.36"),
    ("docker.io/library/busybox", "busybox:latest"),
    ("docker.io/training/mc:1", "training/mc:1"),
    ("localhost:5000/a/b", "localhost:5000/a/b:latest"),
    ("a.b.c/d__e/f-g:T_1.x", "a.b.c/d__e/f-g:T_1.x"),
])
def test_a_name_is_given_its_tag_and_loses_what_is_understood(text: str, familiar: str) -> None:
    assert reference.tagged(text).familiar == familiar


@pytest.mark.parametrize("text", [
    "", "a b", "$(id)", "../../../x:y", "x:", "x:y:z", "-a", "a//b", "\x1b[31m", "a@sha256:1",
])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="invalid reference format"):
        reference.parse(text)


def test_capitals_are_refused_by_name() -> None:
    with pytest.raises(BadRequest, match="must be lowercase"):
        reference.parse("BusyBox")


def test_an_id_is_no_name() -> None:
    with pytest.raises(BadRequest, match="cannot specify 64-byte hexadecimal strings"):
        reference.parse("a" * 64)
