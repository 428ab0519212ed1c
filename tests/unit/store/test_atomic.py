"""Files written whole; waiting for the disk only where it matters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime.store import atomic


@pytest.mark.parametrize("lasting", [True, False])
def test_the_disk_is_waited_for_only_where_it_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    waited: list[int] = []
    monkeypatch.setattr(os, "fsync", waited.append)
    atomic.write(tmp_path / "file", b"data", lasting=lasting)
    assert (tmp_path / "file").read_bytes() == b"data"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert bool(waited) is lasting
