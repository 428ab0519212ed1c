"""A layer's archive, taken apart and put together again."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime.primitives.archives import pieces
from runtime.primitives.archives.refusal import Refusal
from runtime.primitives.archives.source import LARGEST_HEADER, Source, Window, plain
from runtime.primitives.archives.unpack import clean


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    fd = os.open(path, flags, 0o600)
    try:
        yield fd
    finally:
        os.close(fd)


def test_pieces_are_assembled_to_the_byte(tmp_path: Path) -> None:
    content = os.urandom(3000)
    (tmp_path / "file").write_bytes(content)
    with _opened(tmp_path / "pieces", os.O_WRONLY | os.O_CREAT) as fd:
        writer = pieces.Writer(fd)
        writer.raw(b"head" * 128)
        writer.file(str(tmp_path / "file"), len(content))
        writer.raw(b"tail")
        writer.close()
    with _opened(tmp_path / "pieces", os.O_RDONLY) as fd, _opened(tmp_path / "out", os.O_WRONLY | os.O_CREAT) as out:
        pieces.assemble({"pieces": fd, "out": out})
    assert (tmp_path / "out").read_bytes() == b"head" * 128 + content + b"tail"


def test_a_file_that_became_shorter_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"short")
    with _opened(tmp_path / "pieces", os.O_WRONLY | os.O_CREAT) as fd:
        writer = pieces.Writer(fd)
        writer.file(str(tmp_path / "file"), 100)
        writer.close()
    with (
        _opened(tmp_path / "pieces", os.O_RDONLY) as fd,
        _opened(tmp_path / "out", os.O_WRONLY | os.O_CREAT) as out,
        pytest.raises(Refusal, match="too short"),
    ):
        pieces.assemble({"pieces": fd, "out": out})


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_an_archive_is_read_through_its_compression(tmp_path: Path, mode: str) -> None:
    with tarfile.open(tmp_path / "plain.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    data = (tmp_path / "plain.tar").read_bytes()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        archive.addfile(tarfile.TarInfo("a"))
    (tmp_path / "packed").write_bytes(b"before" + packed.getvalue() + b"after")
    with _opened(tmp_path / "packed", os.O_RDONLY) as fd:
        source = Source(plain(Window(fd, 6, len(packed.getvalue()))))
        source.rest()
    assert source.digest() == "sha256:" + hashlib.sha256(data).hexdigest()


def test_a_header_that_claims_gigabytes_is_refused() -> None:
    with pytest.raises(Refusal, match="a header of"):
        Source(io.BytesIO(b"x")).read(LARGEST_HEADER + 1)


@pytest.mark.parametrize(("name", "path"), [
    ("a/b", "/a/b"), ("./a", "/a"), ("../../a", "/a"), ("/a", "/a"), ("a/../../b", "/b"), ("", "/"), ("..", "/"),
    ("//a//b/", "/a/b"),
])
def test_names_stay_below_the_root(name: str, path: str) -> None:
    assert clean(name) == path
