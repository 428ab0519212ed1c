"""Layers on disk."""

from __future__ import annotations

from pathlib import Path

from runtime.store.layers import Layers, chain_id

ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def _add(layers: Layers, diff_id: str, parent: str = "") -> Path:
    folder = layers.begin()
    (folder / "diff/file").write_text(diff_id)
    return Path(layers.finish(folder, parent=parent, diff_id=diff_id, size=3, tar_size=5).folder)


def test_a_layer_is_found_again_and_an_unfinished_one_is_cleared(tmp_path: Path) -> None:
    layers = Layers(tmp_path)
    _add(layers, ONE)
    unfinished = layers.begin()
    again = Layers(tmp_path)
    assert not unfinished.exists()
    found = again.get(ONE)
    assert found is not None
    assert (found.size, Path(found.folder, "file").read_text()) == (3, ONE)


def test_a_short_name_leads_to_the_files(tmp_path: Path) -> None:
    layers = Layers(tmp_path)
    folder = _add(layers, ONE)
    (short,) = layers.short_names([folder])
    assert len(short) < 20
    assert (tmp_path / short / "file").read_text() == ONE


def test_the_same_diff_upon_another_parent_is_another_layer(tmp_path: Path) -> None:
    layers = Layers(tmp_path)
    _add(layers, ONE)
    _add(layers, TWO)
    _add(layers, TWO, ONE)
    assert {layer.chain_id for layer in layers.all()} == {ONE, TWO, chain_id(ONE, TWO)}


def test_a_second_like_it_gives_way(tmp_path: Path) -> None:
    layers = Layers(tmp_path)
    assert _add(layers, ONE) == _add(layers, ONE)
    assert len([path for path in tmp_path.iterdir() if path.name != "l"]) == 1


def test_a_removed_layer_leaves_nothing(tmp_path: Path) -> None:
    layers = Layers(tmp_path)
    _add(layers, ONE)
    layers.remove(ONE)
    assert [path.name for path in tmp_path.iterdir()] == ["l"]
    assert not list((tmp_path / "l").iterdir())


def test_only_the_engine_gets_at_the_files(tmp_path: Path) -> None:
    Layers(tmp_path / "layers")
    assert (tmp_path / "layers").stat().st_mode & 0o777 == 0o700


def test_one_unreadable_layer_does_not_stop_the_others(tmp_path: Path) -> None:
    layers = Layers(tmp_path)
    _add(layers, ONE)
    damaged = _add(layers, TWO).parent / "layer.json"
    damaged.write_bytes(b"")
    assert [layer.chain_id for layer in Layers(tmp_path).all()] == [ONE]
    assert damaged.exists()
