"""Image values, the user's values and the defaults, put together as Docker does."""

from __future__ import annotations

import re
from typing import Any

import pytest

from runtime.engine import configuration, names, verify
from runtime.errors import BadRequest
from runtime.model.image import Image


def image(**config: Any) -> Image:
    return Image(id="sha256:1", document={"config": config}, size=0, layers=())


def test_command_of_the_image_is_kept_without_one_of_the_user() -> None:
    made = configuration.config({}, image(Cmd=["sh"], Entrypoint=["/e"]), "a" * 64)
    assert (made["Entrypoint"], made["Cmd"]) == (["/e"], ["sh"])


def test_users_command_replaces_only_the_command() -> None:
    made = configuration.config({"Cmd": ["ls"]}, image(Cmd=["sh"], Entrypoint=["/e"]), "a" * 64)
    assert (made["Entrypoint"], made["Cmd"]) == (["/e"], ["ls"])


def test_users_entrypoint_drops_the_images_command() -> None:
    made = configuration.config({"Entrypoint": ["/mine"]}, image(Cmd=["sh"], Entrypoint=["/e"]), "a" * 64)
    assert (made["Entrypoint"], made["Cmd"]) == (["/mine"], None)


def test_an_empty_entrypoint_resets_it() -> None:
    made = configuration.config({"Entrypoint": [""], "Cmd": ["ls"]}, image(Entrypoint=["/e"]), "a" * 64)
    assert (made["Entrypoint"], made["Cmd"]) == (None, ["ls"])
    with pytest.raises(BadRequest, match="No command specified"):
        configuration.config({"Entrypoint": [""]}, image(Cmd=["sh"], Entrypoint=["/e"]), "a" * 64)


def test_environment_puts_the_users_entries_first() -> None:
    made = configuration.config({"Env": ["A=2"], "Cmd": ["x"]}, image(Env=["A=1", "B=1"]), "a" * 64)
    assert made["Env"] == ["A=2", "B=1"]


def test_labels_ports_and_volumes_are_united() -> None:
    request = {"Cmd": ["x"], "Labels": {"a": "user"}, "Volumes": {"/v": {}}}
    made = configuration.config(request, image(Labels={"a": "image", "b": "image"}, Volumes={"/w": {}}), "a" * 64)
    assert made["Labels"] == {"a": "user", "b": "image"}
    assert set(made["Volumes"]) == {"/v", "/w"}


def test_nothing_to_run_is_refused() -> None:
    with pytest.raises(BadRequest, match="No command specified"):
        configuration.config({}, image(), "a" * 64)


def test_host_defaults_and_swap() -> None:
    policy = {"Name": "", "MaximumRetryCount": 0}
    made = configuration.host({"HostConfig": {"Memory": 64 << 20, "RestartPolicy": policy}})
    assert made["MemorySwap"] == 128 << 20
    assert made["RestartPolicy"]["Name"] == "no"
    assert made["NetworkMode"] == "default"


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ({"Memory": 1}, "Minimum memory limit allowed is 6MB"),
        ({"Memory": 64 << 20, "MemorySwap": 32 << 20}, "should be larger than memory limit"),
        ({"NanoCpus": 10**15}, "Range of CPUs"),
        ({"CpusetCpus": "x"}, "Invalid value x for cpuset cpus"),
        ({"CpusetCpus": "4096"}, "not available"),
        ({"RestartPolicy": {"Name": "sometimes"}}, "invalid restart policy"),
        ({"RestartPolicy": {"Name": "always", "MaximumRetryCount": 3}}, "maximum retry count cannot be used"),
        ({"AutoRemove": True, "RestartPolicy": {"Name": "always"}}, "AutoRemove"),
        ({"LogConfig": {"Type": "teapot"}}, 'no log driver named "teapot"'),
        ({"PidMode": "nonsense"}, "invalid PID mode"),
    ],
)
def test_refusals_are_in_dockers_words(host: dict[str, Any], says: str) -> None:
    request = {"Cmd": ["x"], "HostConfig": host}
    with pytest.raises(BadRequest, match=re.escape(says)):
        verify.container(configuration.config(request, None, "a" * 64), configuration.host(request))


@pytest.mark.parametrize("bad", ["bad name!", "-x", "x", "/", "a/b", ""])
def test_bad_names(bad: str) -> None:
    with pytest.raises(BadRequest, match="Invalid container name"):
        verify.name(bad)


@pytest.mark.parametrize(("text", "number"), [("KILL", 9), ("SIGTERM", 15), ("9", 9), ("sigint", 2), ("RTMIN+1", 35)])
def test_signals(text: str, number: int) -> None:
    assert verify.signal_number(text) == number


def test_unknown_signal() -> None:
    with pytest.raises(BadRequest, match="Invalid signal: SIGNOTHING"):
        verify.signal_number("SIGNOTHING")


def test_generated_names_have_dockers_shape_and_avoid_taken_ones() -> None:
    class Everything:
        def __contains__(self, name: object) -> bool:
            return not str(name)[-1].isdigit()

    assert re.fullmatch(r"[a-z]+_[a-z]+\d", names.generate(Everything()))
    assert re.fullmatch(r"[a-z]+_[a-z]+", names.generate(()))
