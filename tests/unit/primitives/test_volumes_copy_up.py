"""Copying an image's files into a new volume."""

import os
from pathlib import Path

from runtime.primitives import volumes


def copy(source: Path, target: Path) -> bool:
    target.mkdir()
    fd = os.open(target, os.O_RDONLY)
    try:
        return volumes.copy_up({"volume": fd}, str(source))
    finally:
        os.close(fd)


def test_everything_is_copied_as_it_is(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "sub").mkdir(parents=True, mode=0o750)
    (source / "sub/file").write_bytes(b"x" * 3_000_000)
    os.chmod(source / "sub/file", 0o640)
    os.utime(source / "sub/file", ns=(1, 2_000_000_000))
    os.symlink("/etc/passwd", source / "link")
    os.link(source / "sub/file", source / "sub/other")
    os.mkfifo(source / "pipe")
    os.chmod(source, 0o1777)
    assert copy(source, target)
    assert (target / "sub/file").read_bytes() == (source / "sub/file").read_bytes()
    assert (target / "sub/file").stat().st_mode & 0o777 == 0o640
    assert (target / "sub/file").stat().st_mtime_ns == 2_000_000_000
    assert os.readlink(target / "link") == "/etc/passwd"
    assert os.path.samefile(target / "sub/file", target / "sub/other")
    assert target.stat().st_mode & 0o7777 == 0o1777
    assert sorted(os.listdir(target)) == ["link", "pipe", "sub"]


def test_a_file_or_nothing_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not copy(tmp_path / "file", tmp_path / "one")
    assert not copy(tmp_path / "none", tmp_path / "two")
    assert not os.listdir(tmp_path / "one")
