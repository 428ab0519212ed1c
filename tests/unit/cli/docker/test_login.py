"""Accounts are kept in config.json, for their owner only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runtime.cli.docker import accounts, app
from runtime.client import address, api


class Engine:
    """Accepts one password."""

    def __init__(self, place: address.Address) -> None:
        """No engine is dialled."""

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        if body["password"] != "right":
            raise api.ApiError(401, "unauthorized: incorrect username or password")
        return {"Status": "Login Succeeded", "IdentityToken": ""}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(api, "Client", Engine)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return tmp_path / "config.json"


def test_in_and_out(config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config.write_text('{"psFormat": "kept"}')
    assert app.main(["login", "-u", "me", "-p", "right", "localhost:5000"]) == 0
    assert capfd.readouterr().out == "Login Succeeded\n"
    kept = json.loads(config.read_text())
    assert kept == {"psFormat": "kept", "auths": {"localhost:5000": {"auth": "bWU6cmlnaHQ="}}}
    assert config.stat().st_mode & 0o777 == 0o600
    assert app.main(["logout", "localhost:5000"]) == 0
    assert json.loads(config.read_text())["auths"] == {}


def test_a_refused_account_is_not_kept(config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["login", "-u", "me", "-p", "wrong", "localhost:5000"]) == 1
    assert "unauthorized" in capfd.readouterr().err
    assert not config.exists()


@pytest.mark.parametrize(
    ("image", "server"),
    [
        ("busybox", accounts.HUB),
        ("me/app", accounts.HUB),
        ("docker.io/x", accounts.HUB),
        ("localhost:5/x", "localhost:5"),
    ],
)
def test_server_of(image: str, server: str) -> None:
    assert accounts.server_of(image) == server
