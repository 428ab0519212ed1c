"""Records are written whole, under a lock, or not at all."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.store import records


@dataclass(frozen=True)
class Thing:
    name: str
    count: int = 0


def shelf(folder: Path) -> records.Records[Thing]:
    return records.Records(folder, encode=lambda thing: vars(thing), decode=lambda data: Thing(**data))


def test_what_was_added_is_there_after_a_restart(tmp_path: Path) -> None:
    shelf(tmp_path).add("a", Thing("first"))
    again = shelf(tmp_path)
    again.load()
    assert again["a"] == Thing("first")


def test_an_exception_inside_edit_changes_nothing(tmp_path: Path) -> None:
    things = shelf(tmp_path)
    things.add("a", Thing("first"))

    async def fail() -> None:
        async with things.edit("a") as draft:
            draft.change(count=1)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(fail())
    assert things["a"].count == 0
    assert json.loads((tmp_path / "a/record.json").read_text())["count"] == 0


def test_edits_of_one_record_do_not_overlap(tmp_path: Path) -> None:
    things = shelf(tmp_path)
    things.add("a", Thing("first"))

    async def add() -> None:
        async with things.edit("a") as draft:
            seen = draft.value.count
            await asyncio.sleep(0)
            draft.change(count=seen + 1)

    async def many() -> None:
        await asyncio.gather(*(add() for _ in range(20)))

    asyncio.run(many())
    assert things["a"].count == 20


def test_an_unreadable_record_is_set_aside_and_the_others_stay(tmp_path: Path) -> None:
    things = shelf(tmp_path)
    things.add("a", Thing("first"))
    things.add("b", Thing("second"))
    (tmp_path / "a/record.json").write_text('{"name": ')
    again = shelf(tmp_path)
    again.load()
    assert "a" not in again
    assert again["b"].name == "second"
    assert (tmp_path / "a/record.json.broken").exists()


def test_a_failed_write_leaves_the_old_record_and_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = shelf(tmp_path)
    things.add("a", Thing("first"))

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    async def change() -> None:
        async with things.edit("a") as draft:
            draft.change(count=5)

    with pytest.raises(OSError, match="No space"):
        asyncio.run(change())
    assert things["a"].count == 0
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["record.json"]
