"""Docker archives: digests that fit, layers that are shared, labels that say what an image is."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

from labs.images import archive, families, hello


def _written(folder: Path) -> Path:
    tree = archive.Tree(folder / "one.layer")
    tree.file("etc/motd", b"hi")
    layer = tree.layer("made by a test")
    images = [archive.Image((f"{name}:latest",), (layer,), ("sh",), f"stand-in for {name}") for name in ("a", "b")]
    path = folder / "two.tar"
    archive.write(path, images, "x86_64")
    return path


def test_configurations_and_layers_are_named_by_their_digests(tmp_path: Path) -> None:
    with tarfile.open(_written(tmp_path)) as tar:
        files = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
    for entry in json.loads(files["manifest.json"]):
        config = files[entry["Config"]]
        assert entry["Config"] == hashlib.sha256(config).hexdigest() + ".json"
        layers = ["sha256:" + hashlib.sha256(files[name]).hexdigest() for name in entry["Layers"]]
        assert json.loads(config)["rootfs"]["diff_ids"] == layers


def test_images_of_one_archive_share_their_layer(tmp_path: Path) -> None:
    with tarfile.open(_written(tmp_path)) as tar:
        assert sum(name.endswith("layer.tar") for name in tar.getnames()) == 1


def test_the_same_again_is_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    assert len({_written(folder).read_bytes() for folder in folders}) == 1


def test_labels_are_honest(tmp_path: Path) -> None:
    (image,) = hello.build(tmp_path, "x86_64")
    assert image.labels()["docklab.course"] == "own"
    assert "machine code" in image.labels()["org.opencontainers.image.description"]


def test_an_archive_is_built_once(tmp_path: Path) -> None:
    outcomes = [list(families.ensure(tmp_path, ["hello-world"])) for _ in range(2)]
    assert [built for ((_, built),) in outcomes] == [True, False]


def test_another_recipe_means_another_archive(tmp_path: Path) -> None:
    list(families.ensure(tmp_path, ["hello-world"]))
    (tmp_path / "hello-world.recipe").write_text("older")
    ((_, built),) = families.ensure(tmp_path, ["hello-world"])
    assert built
