"""Tar streams of `docker cp`: what comes out is what went in, in its place, and never outside."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from runtime.cli.docker import copying, cp
from runtime.cli.docker.command import CliError


def tree(folder: Path) -> Path:
    made = folder / "here"
    (made / "sub").mkdir(parents=True)
    (made / "a.txt").write_text("alpha")
    (made / "sub" / "run").write_text("#!")
    (made / "sub" / "run").chmod(0o755)
    os.symlink("a.txt", made / "link")
    os.link(made / "a.txt", made / "twin")
    return made


def out(source: Path, target: Path, *, name: str = "here", directory: bool = True) -> int:
    stream = copying.pack(str(source), name, follow=False)
    return copying.unpack(iter(stream), str(target), name=name, root=name, directory=directory, owners=False)


def test_there_and_back(tmp_path: Path) -> None:
    source = tree(tmp_path)
    (tmp_path / "into").mkdir()
    out(source, tmp_path / "into")
    copied = tmp_path / "into" / "here"
    assert (copied / "a.txt").read_text() == "alpha"
    assert os.readlink(copied / "link") == "a.txt"
    assert (copied / "sub" / "run").stat().st_mode & 0o777 == 0o755
    assert (copied / "a.txt").stat().st_ino == (copied / "twin").stat().st_ino


def test_to_another_name(tmp_path: Path) -> None:
    out(tree(tmp_path), tmp_path / "other")
    assert (tmp_path / "other" / "a.txt").read_text() == "alpha"
    single = tmp_path / "f"
    single.write_text("x")
    out(single, tmp_path / "g", name="f", directory=False)
    assert (tmp_path / "g").read_text() == "x"


def test_a_folder_does_not_fit_on_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CliError, match="cannot copy directory"):
        out(tree(tmp_path), tmp_path / "file")


def archive(*members: tuple[str, bytes, str]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, kind, link in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            tar.addfile(info, io.BytesIO())
    return data.getvalue()


@pytest.mark.parametrize(
    "members",
    [
        [("x/../../evil", tarfile.REGTYPE, "")],
        [("x", tarfile.SYMTYPE, "/tmp"), ("x/evil", tarfile.REGTYPE, "")],
        [("x", tarfile.SYMTYPE, ".."), ("x/evil", tarfile.REGTYPE, "")],
        [("x/l", tarfile.LNKTYPE, "../../../etc/passwd")],
    ],
)
def test_a_hostile_engine_writes_nothing_outside(tmp_path: Path, members: list[tuple[str, bytes, str]]) -> None:
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(CliError, match="invalid path"):
        copying.unpack(iter([archive(*members)]), str(target), name="x", root="x", directory=True, owners=False)
    assert sorted(os.listdir(tmp_path)) == ["target"]


@pytest.mark.parametrize(
    ("source", "target", "exists", "folder", "where"),
    [
        ("here", "/there", False, False, ("/", "there")),
        ("here", "/there", True, True, ("/there", "here")),
        ("here/.", "/there", True, True, ("/there", ".")),
        ("here/a.txt", "/d/b", False, False, ("/d", "b")),
        ("here/a.txt", "/d/b", True, False, ("/d", "b")),
        ("here/a.txt", "/d/", True, True, ("/d/", "a.txt")),
    ],
)
def test_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    target: str,
    exists: bool,
    folder: bool,
    where: tuple[str, str],
) -> None:
    tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert copying.place(source, target, exists=exists, target_is_folder=folder, follow=False) == where


def test_places_that_do_not_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CliError, match="cannot copy directory"):
        copying.place("here", "/f", exists=True, target_is_folder=False, follow=False)
    with pytest.raises(CliError, match="no such directory"):
        copying.place("here/a.txt", "/no/", exists=False, target_is_folder=False, follow=False)
    with pytest.raises(CliError, match=r"lstat .*/nothing: no such file or directory"):
        copying.check_source("nothing")


def test_words_of_cp() -> None:
    assert cp.split("c:/x") == ("c", "/x")
    assert cp.split("./c:/x") == ("", "./c:/x")
    assert cp.split("/a:b") == ("", "/a:b")
    assert cp.absolute("x/.") == "/x/."
    assert cp.absolute("/a/../b/") == "/b/"
    assert cp.absolute("/") == "/"
