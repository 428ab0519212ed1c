"""The context of a build holds what .dockerignore leaves, and always the Dockerfile."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from runtime.cli.docker import buildcontext
from runtime.cli.docker.command import CliError


def names(pieces: object) -> list[str]:
    data = b"".join(pieces)  # type: ignore[call-overload]
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return sorted(tar.getnames())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in ("Dockerfile", "a.o", "keep.o", "sub/b.o", "sub/c", "node/deep/x"):
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path)
    return tmp_path


def test_everything_without_rules(folder: Path) -> None:
    assert "node/deep/x" in names(buildcontext.pack(str(folder), "Dockerfile", ""))


def test_rules(folder: Path) -> None:
    (folder / ".dockerignore").write_text("# comment\n**/*.o\n!keep.o\nnode\nDockerfile\n")
    packed = names(buildcontext.pack(str(folder), "Dockerfile", ""))
    assert packed == [".dockerignore", "Dockerfile", "keep.o", "sub", "sub/c"]


@pytest.mark.parametrize(
    ("rule", "path", "out"),
    [
        ("*.o", "a.o", True), ("*.o", "sub/a.o", False), ("**/*.o", "sub/a.o", True), ("sub", "sub/x/y", True),
        ("/sub", "sub", True), ("s?b", "sub", True), ("./sub/", "sub", True), ("su[a-c]", "sub", True),
        ("a+", "aa", False),
    ],
)  # fmt: skip
def test_patterns(rule: str, path: str, *, out: bool) -> None:
    assert buildcontext.left_out(path, list(buildcontext.parse([rule]))) is out


def test_a_dockerfile_outside_goes_along_under_another_name(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "Other"
    other.write_text("FROM scratch")
    name, own = buildcontext.dockerfile(str(folder), str(other))
    assert name.startswith(".dockerfile.")
    assert name in names(buildcontext.pack(str(folder), name, own))


def test_no_dockerfile(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="unable to evaluate symlinks in Dockerfile path"):
        buildcontext.dockerfile(str(tmp_path), "")


def test_a_dockerfile_from_input() -> None:
    pieces, name = buildcontext.from_input(io.BytesIO(b"FROM scratch\n"), "")
    assert (names(pieces), name) == (["Dockerfile"], "Dockerfile")
