"""`docker create` asks the engine for the same as Docker's client, and refuses in the same words.

recordings/create.json holds what the client 28 sent (empty fields left out) or said.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from runtime.cli.docker import app, container_body, context, create, pflag, tree

CASES = json.loads((Path(__file__).parent / "recordings" / "create.json").read_text())
SENT = [case for case in CASES if "body" in case]
REFUSED = [case for case in CASES if "says" in case]


def filled(value: Any) -> Any:
    """Leave out what is empty: the engine treats it as absent."""
    if isinstance(value, dict):
        return {key: filled(one) for key, one in value.items() if filled(one) not in (None, "", 0, [], {}, False)}
    return [filled(one) for one in value] if isinstance(value, list) else value


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/student")
    monkeypatch.setattr(os, "getcwd", lambda: "/here")
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: (_ for _ in ()).throw(OSError))


@pytest.mark.parametrize("case", SENT, ids=lambda case: " ".join(case["words"])[:60])
def test_body(case: dict[str, Any]) -> None:
    values, words = pflag.parse(create.FLAGS, case["words"][1:], interspersed=False)
    body = filled(container_body.build(values, words))
    # For an old engine the address is also given where it stood before API 1.44.
    body.pop("MacAddress", None)
    assert body == case["body"]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: " ".join(case["words"])[:60])
def test_refusal(case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(case["words"]) == case["code"]
    assert capsys.readouterr().err.rstrip("\n") == case["says"]


def test_labels_and_variables_from_files(tmp_path: Path) -> None:
    variables, labels = tmp_path / "env", tmp_path / "labels"
    variables.write_text("# a comment\n\nA=1\n  B=two words\nHOME\nNOT_SET_ANYWHERE\n")
    labels.write_text("tier=web\n# no\nowner\n")
    words = ["--env-file", str(variables), "-e", "C=3", "--label-file", str(labels), "-l", "x=y", "busybox"]
    values, rest = pflag.parse(create.FLAGS, words, interspersed=False)
    body = container_body.build(values, rest)
    assert body["Env"] == ["A=1", "B=two words", "HOME=/home/student", "C=3"]
    assert body["Labels"] == {"tier": "web", "owner": "", "x": "y"}


def test_variable_with_a_blank(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("A B=1\n")
    values, rest = pflag.parse(create.FLAGS, ["--env-file", str(tmp_path / "env"), "busybox"], interspersed=False)
    with pytest.raises(container_body.BadOption, match="variable 'A B' contains whitespaces"):
        container_body.build(values, rest)


def test_seccomp_profile_is_read_here(tmp_path: Path) -> None:
    profile = tmp_path / "p.json"
    profile.write_text('{ "defaultAction": "SCMP_ACT_ALLOW" }')
    values, rest = pflag.parse(create.FLAGS, ["--security-opt", f"seccomp={profile}", "busybox"], interspersed=False)
    options = container_body.build(values, rest)["HostConfig"]["SecurityOpt"]
    assert options == ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}']


def test_detached_run_attaches_nothing() -> None:
    command = tree.TOP.find("run")
    assert isinstance(command, tree.Entry)
    values, rest = pflag.parse(command.load().flags, ["-dit", "busybox"], interspersed=False)
    body = container_body.build(values, rest)
    assert not (body["AttachStdin"])
    assert not (body["AttachStdout"])
    assert not (body["AttachStderr"])
    assert body["OpenStdin"]
    assert not body["StdinOnce"]
    assert body["Tty"]


def test_name_of_an_image_with_its_tag() -> None:
    assert create.familiar("busybox") == "busybox:latest"
    assert create.familiar("host:5000/a") == "host:5000/a:latest"
    assert create.familiar("a:1") == "a:1"
    assert create.familiar("a@sha256:00") == "a@sha256:00"


def test_context_without_anything() -> None:
    options, _ = pflag.parse(app.GLOBALS, [], interspersed=False)
    assert context.Context(options).context_name == "default"
