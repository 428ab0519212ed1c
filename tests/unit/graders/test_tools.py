"""The clients that the work uses."""
from __future__ import annotations

from pathlib import Path

import pytest

from graders import tools


def test_clients_are_copied_once_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKLAB_GRADING_CLIENTS", raising=False)
    source = tmp_path / "source"
    (source / "cli/bin").mkdir(parents=True)
    (source / "cli/bin/docker").write_text("#!/bin/sh\n")
    (source / "cli/bin/docker").chmod(0o700)
    (source / "client").mkdir(mode=0o700)
    (source / "client/x.py").write_text("x = 1\n")
    monkeypatch.setattr(tools, "RUNTIME", source)
    monkeypatch.setattr(tools, "NEEDED", ("cli", "client"))
    base = tmp_path / "base"
    base.mkdir()
    found = tools.clients(base)
    assert found is not None
    assert (found / "docker").stat().st_mode & 0o777 == 0o755
    assert (found.parent.parent / "client").stat().st_mode & 0o055 == 0o055
    assert tools.clients(base) == found
    (source / "client/x.py").write_text("x = 12\n")
    assert tools.clients(base) != found
    assert not list(base.glob("clients-new-*"))


def test_another_folder_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKLAB_GRADING_CLIENTS", str(tmp_path))
    assert tools.clients(tmp_path) == tmp_path
    monkeypatch.setenv("DOCKLAB_GRADING_CLIENTS", str(tmp_path / "none"))
    assert tools.clients(tmp_path) is None


def test_what_is_shut_away_is_not_public(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o700)
    (tmp_path / "shut/program").touch(mode=0o755)
    assert not tools.public(tmp_path / "shut/program")
    assert tools.public(Path("/bin/sh"))
