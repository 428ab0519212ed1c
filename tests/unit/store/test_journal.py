"""The journal: the chain, tampering, torn ends, going on after a restart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtime.store import journal


def written(path: Path, count: int) -> list[str]:
    one = journal.Journal(path)
    for number in range(count):
        one.append({"time": float(number), "method": "POST", "path": f"/x/{number}é"})
    one.close()
    return path.read_text().splitlines()


def test_a_chain_verifies_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(path, 3)
    lines = written(path, 2)
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4, 5]
    assert journal.verify(lines) == ""
    assert journal.verify([]) == ""


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_torn_last_line_is_cut(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal"
    written(path, 3)
    path.write_bytes(path.read_bytes()[:-cut])
    lines = written(path, 1)
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]
    assert journal.verify(lines) == ""


def test_a_last_line_of_rubbish_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(path, 2)
    path.write_bytes(path.read_bytes() + b"\0\0\0\0\n")
    assert journal.verify(written(path, 1)) == ""
    only = tmp_path / "only"
    only.write_bytes(b"torn")
    assert len(written(only, 1)) == 1


def test_every_kind_of_tampering_is_seen(tmp_path: Path) -> None:
    lines = written(tmp_path / "journal", 4)
    assert "entry 2 was changed" in journal.verify([lines[0], lines[1].replace("/x/1", "/x/9"), *lines[2:]])
    assert "entry 2" in journal.verify([lines[0], *lines[2:]])
    assert "entry 1" in journal.verify(lines[1:])
    assert "entry 2" in journal.verify([lines[0], lines[2], lines[1], lines[3]])
    assert "entry 5 is not" in journal.verify([*lines, "{}"])


def test_reading_gives_what_was_written(tmp_path: Path) -> None:
    one = journal.Journal(tmp_path / "journal")
    for number in range(1000):
        one.append({"time": 0.0, "n": number})
    assert journal.verify(b"".join(one.read()).splitlines()) == ""
    one.close()
