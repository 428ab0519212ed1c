"""The frame of the command line: help, unknown commands, numbers of arguments, exit codes."""

from __future__ import annotations

import os

import pytest

from runtime.cli.docker import app, tree


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: (_ for _ in ()).throw(OSError))
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")


def error(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = app.main(words)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("foo", 1, "docker: unknown command: docker foo\n\nRun 'docker --help' for more information"),
        (
            "container foo",
            1,
            "docker: unknown command: docker container foo\n\nUsage:  docker container\n\n"
            "Run 'docker container --help' for more information",
        ),
        (
            "rename a",
            1,
            "docker: 'docker rename' requires 2 arguments\n\nUsage:  docker rename CONTAINER NEW_NAME\n\n"
            "Run 'docker rename --help' for more information",
        ),
        (
            "run",
            1,
            "docker: 'docker run' requires at least 1 argument\n\n"
            "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nSee 'docker run --help' for more information",
        ),
        ("commit a b c", 1, "docker: 'docker commit' requires at least 1 and at most 2 arguments"),
        ("ps a", 1, "docker: 'docker ps' accepts no arguments"),
        ("--foo", 125, "unknown flag: --foo\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]"),
        ("-l foo ps", 1, "Unable to parse logging level: foo"),
        ("help foo", 1, "unknown help topic: foo"),
        (
            "-H foo://x ps",
            1,
            "Failed to initialize: unable to resolve docker endpoint: invalid bind address format: foo://x",
        ),
        ("update x", 1, "you must provide one or more flags when using this command"),
        (
            "kill x",
            1,
            "Cannot connect to the Docker daemon at unix:///nowhere/docker.sock. Is the docker daemon running?",
        ),
        ("cp a b", 1, "must specify at least one container source"),
        ("cp a:x b:y", 1, "copying between containers is not supported"),
        ("run -d -a stdin busybox", 1, "conflicting options: cannot specify both --attach and --detach"),
        ("-c nowhere ps", 1, 'Failed to initialize: unable to resolve docker endpoint: context "nowhere"'),
    ],
)
def test_errors(capsys: pytest.CaptureFixture[str], words: str, code: int, says: str) -> None:
    got, text = error(capsys, *words.split())
    assert got == code
    assert text.startswith(says)


def test_every_command_loads_and_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    for table, path in [(tree.TOP, "docker"), *((group, f"docker {group.name}") for group in tree.TOP.tables)]:
        for entry in table.entries:
            command = entry.load()
            assert command.run is not None
            text = app.command_help(command, f"{path} {entry.name}")
            assert text.startswith(f"Usage:  {path} {entry.name}")
            assert all(len(line) <= 100 for line in text.splitlines())


def test_help_of_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--help"], ["help"], ["-D"]):
        assert app.main(words) == 0
        shown = capsys.readouterr().out
        assert "\n  run         Create and run a new container from an image\n" in shown
        assert shown.startswith("Usage:  docker [OPTIONS] COMMAND\n")


def test_a_group_shows_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["container"]) == 0
    assert "  ls          List containers\n" in capsys.readouterr().out


def test_sections_name_commands_that_exist() -> None:
    for _, names in tree.SECTIONS:
        assert all(tree.TOP.find(name) for name in names.split())
