"""Removing what nothing uses: asked first, and said in Docker's words."""

from __future__ import annotations

import io
from typing import Any

import pytest

from runtime.cli.docker import app
from runtime.client import address, api

DONE = {
    "/containers/prune": {"ContainersDeleted": ["c1"], "SpaceReclaimed": 1000},
    "/networks/prune": {"NetworksDeleted": ["n1"]},
    "/volumes/prune": {"VolumesDeleted": ["v1"], "SpaceReclaimed": 500},
    "/images/prune": {"ImagesDeleted": [{"Untagged": "x:1"}, {"Deleted": "sha256:ab"}], "SpaceReclaimed": 2000},
    "/build/prune": None,
}


class Engine:
    """Answers prunes and remembers them."""

    asked: list[tuple[str, dict[str, Any]]] = []  # noqa: RUF012

    def __init__(self, place: address.Address) -> None:
        """No engine is dialled."""

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        self.asked.append((path, query))
        if path == "/build/prune":
            raise api.ApiError(501, "no builder")
        return DONE[path]


@pytest.fixture(autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    Engine.asked.clear()
    monkeypatch.setattr(api, "Client", Engine)
    monkeypatch.setenv("DOCKER_CONFIG", "/nonexistent")


def test_no_is_no(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert app.main(["container", "prune"]) == 0
    assert Engine.asked == []
    assert capfd.readouterr().out == (
        "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] "
    )


def test_yes(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert app.main(["container", "prune", "--filter", "label=a=b"]) == 0
    assert Engine.asked == [("/containers/prune", {"filters": {"label": {"a=b": True}}})]
    assert capfd.readouterr().out.endswith("Deleted Containers:\nc1\n\nTotal reclaimed space: 1kB\n")


def test_images(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["image", "prune", "-af"]) == 0
    assert Engine.asked == [("/images/prune", {"filters": {"dangling": {"false": True}}})]
    assert capfd.readouterr().out == (
        "Deleted Images:\nuntagged: x:1\ndeleted: sha256:ab\n\nTotal reclaimed space: 2kB\n"
    )


def test_system_without_a_builder(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["system", "prune", "-f", "--volumes"]) == 0
    assert [path for path, _ in Engine.asked] == [
        "/containers/prune", "/networks/prune", "/volumes/prune", "/images/prune", "/build/prune",
    ]  # fmt: skip
    assert capfd.readouterr().out.endswith("Total reclaimed space: 3.5kB\n")


def test_volumes_have_no_age(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["system", "prune", "-f", "--volumes", "--filter", "until=1h"]) == 1
    assert capfd.readouterr().err == 'ERROR: The "until" filter is not supported with "--volumes"\n'
