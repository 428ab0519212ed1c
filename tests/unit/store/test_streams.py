"""Frames of container output: written, cut off, read back, rotated."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime.store import streams


def frames(path: str | Path) -> list[tuple[int, int, bytes]]:
    fd = os.open(path, os.O_RDONLY)
    try:
        return [tuple(frame) for frame in streams.scan(fd)]
    finally:
        os.close(fd)


def write(path: str, *wanted: tuple[int, int, bytes], max_size: int = 0, max_files: int = 1) -> None:
    writer = streams.Writer(path, max_size=max_size, max_files=max_files)
    for frame in wanted:
        writer.append(*frame)
    writer.close()


@pytest.fixture
def log(tmp_path: Path) -> str:
    return str(tmp_path / "stream.log")


def test_what_is_written_is_read_back(log: str) -> None:
    wanted = [(1, 5, b"one"), (2, 6, b""), (1, 1 << 62, bytes(range(256)) * 900), (2, 7, b"\n")]
    write(log, *wanted)
    assert frames(log) == wanted


def test_large_files_are_read_across_chunks(log: str) -> None:
    wanted = [(1, number, b"x" * 65536) for number in range(80)]
    write(log, *wanted)
    assert frames(log) == wanted


def test_reading_goes_on_at_an_offset(log: str) -> None:
    write(log, (1, 1, b"first"))
    fd = os.open(log, os.O_RDONLY)
    _frames, offset = streams.read(fd, 0)
    assert streams.read(fd, offset) == ([], offset)
    write(log, (2, 2, b"second"))
    assert [frame.data for frame in streams.read(fd, offset)[0]] == [b"second"]
    os.close(fd)


@pytest.mark.parametrize("lost", range(1, 17))
def test_a_torn_frame_is_not_there_and_is_removed_by_the_next_writer(log: str, lost: int) -> None:
    write(log, (1, 1, b"kept"), (1, 2, b"torn"))
    os.truncate(log, os.path.getsize(log) - lost)
    assert frames(log) == [(1, 1, b"kept")]
    write(log, (1, 3, b"next"))
    assert frames(log) == [(1, 1, b"kept"), (1, 3, b"next")]


def test_rubbish_ends_the_reading(log: str) -> None:
    Path(log).write_bytes(b"\xff" * 100)
    assert frames(log) == []
    Path(log).write_bytes(streams.HEADER.pack(1, 1, 0xFFFFFFFF) + b"x" * 100)
    assert frames(log) == []


@pytest.mark.parametrize("partly", [0, 4, 15])
def test_a_full_disk_loses_the_chunk_and_nothing_else(log: str, partly: int, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = streams.Writer(log)
    writer.append(1, 1, b"before")

    def full(fd: int, buffers: tuple[bytes, bytes]) -> int:
        if not partly:
            raise OSError(28, "No space left on device")
        return os.write(fd, b"".join(buffers)[:partly])

    with monkeypatch.context() as patch:
        patch.setattr(os, "writev", full)
        writer.append(1, 2, b"lost")
    writer.append(1, 3, b"after")
    writer.close()
    assert frames(log) == [(1, 1, b"before"), (1, 3, b"after")]


def test_rotation_keeps_the_newest_files(log: str) -> None:
    write(log, *((1, number, b"x" * 10) for number in range(5)), max_size=20, max_files=3)
    assert streams.files(log) == [f"{log}.2", f"{log}.1", log]
    assert [frame[1] for name in streams.files(log) for frame in frames(name)] == [2, 3, 4]


def test_rotation_with_one_file_starts_over(log: str) -> None:
    write(log, *((1, number, b"x" * 10) for number in range(3)), max_size=20)
    assert streams.files(log) == [log]
    assert [frame[1] for frame in frames(log)] == [2]
