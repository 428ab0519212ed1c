"""Facts: what the API says, held against the kernel."""
from __future__ import annotations

import io
import os
import tarfile
from typing import Any

import pytest
from grading_helpers import Answers

from graders import facts, kernel
from graders.check import Fail, Ungradable

ID = "c0ffee" * 10


def container(**state: Any) -> facts.Container:
    document = {"Id": ID, "Name": "/web", "Image": "sha256:1", "Path": "sh", "Args": ["-c", "x"],
                "State": {"Status": "running", "Running": True, "Pid": 0, "ExitCode": 0, **state}}
    return facts.Container(Answers({}), document)  # type: ignore[arg-type]


def test_what_the_engine_says_without_a_process_is_not_running() -> None:
    assert not container().running
    assert container().command == ["sh", "-c", "x"]


def test_a_process_that_is_not_the_containers_is_a_disagreement() -> None:
    with pytest.raises(Fail, match="the engine and the kernel to say the same"):
        _ = container(Pid=os.getpid()).running


def test_a_process_that_does_not_exist_is_a_disagreement() -> None:
    with pytest.raises(Fail, match="there is no such process"):
        _ = container(Pid=2**22 + 1).running


def test_a_process_in_the_containers_control_group_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = kernel.Process(42, 1, 1, "S", ("sh",), ("/", f"/docklab/{ID}"), 5)
    monkeypatch.setattr(kernel, "process", lambda pid: found)
    assert container(Pid=42).running


def test_files_come_out_of_an_archive() -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        member = tarfile.TarInfo("f")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))
    one = facts.Container(Answers({f"/containers/{ID}/archive": data.getvalue()}), container().document)  # type: ignore[arg-type]
    assert one.read("/f") == b"abc"
    assert container().read("/f") is None


def test_streams_are_taken_out_of_a_log() -> None:
    framed = b"\x01\0\0\0\0\0\0\x03out" + b"\x02\0\0\0\0\0\0\x03err" + b"\x01\0\0\0"
    assert facts.unframe(framed) == b"outerr"


def test_an_image_extends_another() -> None:
    def image(*layers: str) -> facts.Image:
        return facts.Image(Answers({}), {"Id": "i", "RootFS": {"Layers": list(layers)}})  # type: ignore[arg-type]

    assert image("a", "b").extends(image("a"))
    assert not image("a").extends(image("a"))
    assert not image("x", "b").extends(image("a"))


def test_what_was_there_before() -> None:
    before = facts.Before(1.0, {"ubuntu:latest": "sha256:2"}, ("c",))
    assert before.image("ubuntu") == before.image("ubuntu:latest") == "sha256:2"
    assert facts.Before.read(before.data()) == before
    with pytest.raises(Ungradable, match="busybox:latest"):
        before.image("busybox")


def test_this_very_process_as_the_kernel_shows_it() -> None:
    me = kernel.process(os.getpid())
    assert me is not None
    assert (me.pid, me.inner, me.parent) == (os.getpid(), os.getpid(), os.getppid())
    assert me.namespace("pid").startswith("pid:[")
    assert me in [kernel.process(one.pid) for one in kernel.processes() if one.pid == me.pid]


def test_parsers_take_text() -> None:
    assert kernel.parse_began("7 (a) b ) (c) S " + " ".join(map(str, range(1, 40)))) == 19
    assert kernel.parse_command(b"sleep\x00100\x00") == ("sleep", "100")
    assert kernel.parse_cgroups(["4:memory:/a/b\n", "0::/\n"]) == ("/a/b", "/")
