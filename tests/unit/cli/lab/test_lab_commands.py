"""The command line as a whole: every command of the table is there, and the surroundings are right."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from runtime.cli.lab import app, engine, explain, images, jupyter, places, processes, surroundings
from runtime.cli.lab import start as start_command


@pytest.fixture(autouse=True)
def _own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKLAB_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DOCKLAB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DOCKER_HOST", raising=False)


@pytest.mark.parametrize("name", list(app.COMMANDS))
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(app.docklab, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage: docklab" in result.output


def test_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app.docklab, ["no-such"]).exit_code == 2


def test_our_packages_are_the_ones_in_use() -> None:
    assert app.stranger() == ""


def test_clients_come_first_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    environment = surroundings.environment()
    assert environment["PATH"].split(":")[0] == str(surroundings.CLIENTS)
    assert environment["DOCKER_HOST"].startswith("unix://")


def test_an_engine_that_was_chosen_stays_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///elsewhere.sock")
    assert surroundings.environment()["DOCKER_HOST"] == "unix:///elsewhere.sock"


def test_no_engine_is_one_clear_error() -> None:
    with pytest.raises(click.ClickException, match=r"no engine answers at unix://.*docklab up"):
        engine.Engine().get("/info")
    assert CliRunner().invoke(app.docklab, ["status"]).exit_code == 1


def test_engine_of_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://198.51.100.1:2376")
    with pytest.raises(click.ClickException, match="on this machine"):
        engine.Engine()


def test_down_without_an_engine_says_so() -> None:
    result = CliRunner().invoke(app.docklab, ["down"])
    assert (result.exit_code, result.output) == (0, "The engine does not run.\n")


def test_explain_shows_time_command_and_page() -> None:
    step = {"what": "set the host name", "shell": "hostname deck", "man": "sethostname(2)", "ms": 0.5}
    head, shell = explain.lines(3, step)
    assert "0.50 ms" in head
    assert shell.strip() == "$ hostname deck"


def test_changed_notebooks_are_kept(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "a.ipynb").write_text("one")
    (source / "b.ipynb").write_text("one")
    jupyter.copy_notebooks(source, target)
    (target / "a.ipynb").write_text("the student's")
    (source / "a.ipynb").write_text("two")
    (source / "b.ipynb").write_text("two")
    jupyter.copy_notebooks(source, target)
    assert [(target / name).read_text() for name in ("a.ipynb", "b.ipynb")] == ["the student's", "two"]


def test_token_is_kept_and_private() -> None:
    where = places.find()
    where.jupyter.mkdir(parents=True)
    assert jupyter.token(where) == jupyter.token(where)
    assert (where.jupyter / "token").stat().st_mode & 0o777 == 0o600


def test_pid_of_another_program_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text(str(os.getpid()))
    assert processes.running(tmp_path / "pid", "surely-not-in-the-command-line") is None


def test_program_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = processes.start(["sh", "-c", "echo no room; exit 1"], log=log, env=os.environ, cwd=tmp_path)
    with pytest.raises(click.ClickException, match="no room"):
        processes.wait(process, lambda: False, log=log, seconds=10)


def test_archive_names_its_images(tmp_path: Path) -> None:
    from labs.images import families

    ((path, _),) = families.ensure(tmp_path, ["hello-world"])
    (digest,) = images.image_ids(path)
    assert digest.startswith("sha256:")
    assert start_command.command.name == "start"
