"""Names of images are refused in Docker's words before the engine is asked."""

from __future__ import annotations

import pytest

from runtime.cli.docker import references


@pytest.mark.parametrize(
    "name",
    ["busybox", "a/b:1", "localhost:5000/x", "reg.example.com/a/b@sha256:" + "0" * 64, "x:A_b-1.2", "MyHost:5000/x"],
)
def test_good_names(name: str) -> None:
    assert references.problem(name) == ""


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("A", "invalid reference format: repository name (library/A) must be lowercase"),
        ("a:b:c", "invalid reference format"),
        ("a b", "invalid reference format"),
        ("", "invalid reference format"),
        ("a:", "invalid reference format"),
        ("x@sha256:12", "invalid reference format"),
        ("f" * 64, f"invalid repository name ({'f' * 64}), cannot specify 64-byte hexadecimal strings"),
    ],
)
def test_bad_names(name: str, problem: str) -> None:
    assert references.problem(name) == problem


def test_split() -> None:
    assert references.split("localhost:5000/a") == ("localhost:5000/a", "")
    assert references.split("localhost:5000/a:1") == ("localhost:5000/a", "1")
