"""Volumes in a data root of the test's own."""

import asyncio
import dataclasses
import shutil
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runtime.engine.events import EventBus
from runtime.engine.settings import Settings
from runtime.engine.volumes import Volumes
from runtime.errors import BadRequest, Conflict, NotFound, Unsupported
from runtime.model.container import Container, Mount
from runtime.model.filters import Filters


class World:
    """What volumes see of an engine."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_root=folder)
        self.events = EventBus()
        self.records: list[Container] = []
        self.containers = types.SimpleNamespace(records=self.records, find=lambda ref: self.records[0])

    def remove_later(self, path: Path) -> None:
        shutil.rmtree(path)

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def volumes(world: World) -> Volumes:
    made = Volumes(world)  # type: ignore[arg-type]
    made.load()
    return made


def add(world: World, volumes: Volumes, host: dict[str, Any], config: dict[str, Any] | None = None) -> Container:
    found = volumes.mounts(config or {}, host, "web")
    world.records.append(Container("c" * 64, "web", "", "", {}, {}, {}, mounts=found))
    return world.records[-1]


def test_a_volume_is_a_folder_that_is_found_again(world: World, volumes: Volumes) -> None:
    made = asyncio.run(volumes.create({"Name": "data", "Labels": {"a": "b"}}))
    assert made["Mountpoint"] == str(world.settings.data_root / "volumes/data/_data")
    assert Path(made["Mountpoint"]).is_dir()
    again = Volumes(world)  # type: ignore[arg-type]
    again.load()
    assert again.inspect("data") == made
    assert asyncio.run(again.create({"Name": "data"})) == made


def test_a_torn_record_keeps_the_files(world: World, volumes: Volumes) -> None:
    path = Path(asyncio.run(volumes.create({"Name": "data"}))["Mountpoint"])
    (path / "file").touch()
    (path.parent / "record.json").write_bytes(b'{"na')
    again = Volumes(world)  # type: ignore[arg-type]
    again.load()
    assert (Path(again.inspect("data")["Mountpoint"]) / "file").exists()


def test_refusals(volumes: Volumes) -> None:
    with pytest.raises(BadRequest):
        asyncio.run(volumes.create({"Name": "../x"}))
    with pytest.raises(NotFound, match='plugin "nfs" not found'):
        asyncio.run(volumes.create({"Name": "data", "Driver": "nfs"}))
    with pytest.raises(Unsupported):
        asyncio.run(volumes.create({"Name": "data", "DriverOpts": {"type": "tmpfs"}}))
    with pytest.raises(NotFound, match="get nope: no such volume"):
        volumes.inspect("nope")
    with pytest.raises(NotFound):
        asyncio.run(volumes.remove("nope"))
    asyncio.run(volumes.remove("nope", force=True))
    assert volumes.list(Filters()) == []


def test_a_volume_in_use_stays(world: World, volumes: Volumes) -> None:
    container = add(world, volumes, {"Binds": ["data:/d"]})
    with pytest.raises(Conflict, match=rf"remove data: volume is in use - \[{container.id}\]"):
        asyncio.run(volumes.remove("data", force=True))
    world.records.clear()
    asyncio.run(volumes.remove("data"))
    assert not (world.settings.data_root / "volumes/data").exists()


def test_mounts_make_their_volumes(world: World, volumes: Volumes) -> None:
    found = volumes.mounts({"Volumes": {"/image": {}, "/d": {}}}, {"Binds": ["data:/d"]}, "web")
    assert {one.destination: one.name == "data" for one in found} == {"/d": True, "/image": False}
    assert all(Path(one.source).is_dir() and one.driver == "local" for one in found)
    assert len(volumes.list(Filters())) == 2


def test_volumes_of_another_container(world: World, volumes: Volumes) -> None:
    add(world, volumes, {"Binds": ["data:/d", "/srv:/s"], "Tmpfs": {"/t": ""}})
    found = volumes.mounts({}, {"VolumesFrom": ["web:ro"], "Binds": ["other:/s"]}, "two")
    assert [(one.destination, one.name, one.writable) for one in found] == [
        ("/d", "data", False),
        ("/s", "other", True),
    ]


def test_a_missing_source_of_mount_is_refused_and_of_v_is_made(world: World, volumes: Volumes, tmp_path: Path) -> None:
    source = str(tmp_path / "new")
    with pytest.raises(BadRequest, match="bind source path does not exist"):
        volumes.mounts({}, {"Mounts": [{"Type": "bind", "Source": source, "Target": "/d"}]}, "web")
    container = add(world, volumes, {"Binds": [f"{source}:/d"]})
    asyncio.run(volumes.ready(container))
    assert Path(source).is_dir()


def test_anonymous_volumes_go_with_their_container(world: World, volumes: Volumes) -> None:
    container = add(world, volumes, {"Binds": ["data:/d", "/a"]})
    other = dataclasses.replace(container, id="d" * 64)
    world.records.append(other)
    asyncio.run(volumes.forget(container))
    assert len(volumes.list(Filters())) == 2
    world.records.clear()
    asyncio.run(volumes.forget(other))
    assert [one["Name"] for one in volumes.list(Filters())] == ["data"]


def test_filters(world: World, volumes: Volumes) -> None:
    asyncio.run(volumes.create({"Name": "one", "Labels": {"kind": "x"}}))
    add(world, volumes, {"Binds": ["two:/d"]})

    def names(**filters: str) -> list[str]:
        return [one["Name"] for one in volumes.list(Filters({key: (value,) for key, value in filters.items()}))]

    assert names() == ["one", "two"]
    assert names(dangling="true") == ["one"]
    assert names(dangling="false") == ["two"]
    assert names(label="kind=x") == ["one"]
    assert names(name="tw") == ["two"]
    assert names(driver="nfs") == []


def test_prune_takes_what_nobody_named_or_all(world: World, volumes: Volumes) -> None:
    asyncio.run(volumes.create({"Name": "named"}))
    anonymous = asyncio.run(volumes.create({}))
    Path(anonymous["Mountpoint"], "file").write_bytes(b"12345")
    assert asyncio.run(volumes.prune(Filters())) == ([anonymous["Name"]], 5)
    assert asyncio.run(volumes.prune(Filters({"all": ("true",)}))) == (["named"], 0)


def test_usage(world: World, volumes: Volumes) -> None:
    add(world, volumes, {"Binds": ["data:/d"]})
    (volumes.data("data") / "file").write_bytes(b"123")
    assert [one["UsageData"] for one in asyncio.run(volumes.usage())] == [{"Size": 3, "RefCount": 1}]


def test_a_tmpfs_is_no_volume(world: World, volumes: Volumes) -> None:
    assert volumes.mounts({}, {"Tmpfs": {"/t": "size=1m"}}, "web") == (Mount("tmpfs", "", "/t", mode="size=1m"),)
    assert volumes.list(Filters()) == []
