"""Listings give what Docker's client gave for the same answers of an engine, to the byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runtime.cli.docker import app, units
from runtime.client import address, api

RECORDED = json.loads((Path(__file__).parent / "recordings" / "listings.json").read_text())
ANSWERS = {
    "/containers/json": RECORDED["containers"],
    "/images/json": RECORDED["images"],
    "/images/busybox/history": RECORDED["history"],
    "/system/df": RECORDED["df"],
    "/info": RECORDED["info"],
    "/volumes/vol": RECORDED["volume"],
    "/networks/bridge": RECORDED["network"],
}


class Answer:
    def __init__(self, data: Any) -> None:
        self.data = data

    def body(self) -> bytes:
        return json.dumps(self.data, separators=(",", ":"), ensure_ascii=False).encode()


class Engine:
    """Answers from the recording instead of a socket, and remembers what it was asked."""

    asked: list[tuple[str, dict[str, Any]]] = []  # noqa: RUF012

    def __init__(self, place: address.Address) -> None:
        self.asked.clear()

    def get(self, path: str, **query: Any) -> Any:
        return json.loads(self.request("GET", path, query).body())

    def request(self, method: str, path: str, query: dict[str, Any], *rest: Any) -> Answer:
        self.asked.append((path, query))
        if path not in ANSWERS:
            raise api.ApiError(404, f"no such thing: {path}")
        return Answer(ANSWERS[path])

    def keep(self, answer: Answer) -> None:
        """Nothing to keep."""


@pytest.fixture(autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    Engine.asked.clear()
    monkeypatch.setattr(api, "Client", Engine)
    monkeypatch.setattr(units.time, "time", lambda: float(RECORDED["now"]))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("DOCKER_CONFIG", "/nonexistent")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    units.time.tzset()


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: " ".join(case[0])[:50])
def test_as_the_real_client(case: list[Any], capfd: pytest.CaptureFixture[str]) -> None:
    words, out, err, code = case
    assert app.main(words) == code
    captured = capfd.readouterr()
    assert captured.out == out
    assert captured.err == err


def test_filters_become_a_query() -> None:
    app.main(["ps", "-f", "label=a=b", "-f", "label=c", "--filter", "status=exited", "-n", "3"])
    path, query = Engine.asked[0]
    assert path == "/containers/json"
    assert query["filters"] == {"label": {"a=b": True, "c": True}, "status": {"exited": True}}
    assert query["limit"] == 3


def test_a_repository_is_a_filter() -> None:
    app.main(["images", "busybox"])
    assert Engine.asked[0][1]["filters"] == {"reference": {"busybox": True}}


def test_a_bad_filter_asks_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["ps", "-f", "foo"]) == 125
    assert 'invalid argument "foo" for "-f, --filter" flag: bad format of filter' in capfd.readouterr().err
    assert Engine.asked == []


def test_inspect_goes_on_after_what_is_missing(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["inspect", "-f", "{{.Name}}", "nope", "vol"]) == 1
    captured = capfd.readouterr()
    assert captured.out == "vol\n"
    assert captured.err == "Error: No such object: nope\n"


def test_inspect_of_a_wrong_type(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["inspect", "--type", "dog", "x"]) == 1
    assert capfd.readouterr().err.startswith('unknown type: "dog": must be one of "config", "container"')
