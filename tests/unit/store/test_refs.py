"""Names of images on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.store.refs import Refs


def test_names_are_found_again(tmp_path: Path) -> None:
    refs = Refs(tmp_path / "refs.json")
    refs.set("b:1", "sha256:1")
    refs.set("a:1", "sha256:1")
    refs.set("c:1", "sha256:2")
    refs.remove("c:1")
    again = Refs(tmp_path / "refs.json")
    assert again.of("sha256:1") == ["a:1", "b:1"]
    assert again.get("c:1") is None


@pytest.mark.parametrize("damage", [b"", b'{"a:1": ', b"\x00\xff", b"[]"])
def test_a_damaged_file_loses_no_name(tmp_path: Path, damage: bytes) -> None:
    Refs(tmp_path / "refs.json").set("a:1", "sha256:1")
    (tmp_path / "refs.json").write_bytes(damage)
    assert Refs(tmp_path / "refs.json").get("a:1") == "sha256:1"
