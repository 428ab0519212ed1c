"""The journal and the events become the same list of actions."""
from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from graders import journal


def call(seq: int, method: str, path: str, status: int = 200, **more: Any) -> dict[str, Any]:
    return {"seq": seq, "time": float(seq), "method": method, "path": path, "status": status, **more}


def made(*calls: dict[str, Any]) -> journal.Journal:
    return journal.Journal(tuple(journal.from_calls(calls)))


def test_calls_become_actions() -> None:
    said = made(
        call(1, "POST", "/v1.47/containers/create?name=web", 201, actors=["abc"]),
        call(2, "POST", "/containers/web/attach?stream=1", 101),
        call(3, "POST", "/v1.41/containers/abc/start", 204),
        call(4, "POST", "/containers/web/kill", 409),
        call(5, "GET", "/containers/web/json"),
        call(6, "POST", "/commit?container=web&repo=training&tag=mc", 201),
        call(7, "GET", "/images/get?names=training%3Acargo"),
        call(8, "DELETE", "/images/training%3Acargo"),
        {"seq": 8, "time": 8.0, "event": "delete", "type": "image", "actors": ["sha256:77", "training:cargo"]},
        call(9, "POST", "/images/load?quiet=1"),
        call(10, "POST", "/containers/web/start", 304),
        {"seq": 11, "time": 11.0, "event": "start", "type": "container", "actors": ["abc", "web"], "attributes": {}},
        {"seq": 12, "time": 12.0, "event": "oom", "type": "container", "actors": ["abc", "web"], "attributes": {}},
    )
    done = ["create", "attach", "start", "commit", "save", "delete", "load", "oom"]
    assert [one.action for one in said.actions] == done
    assert said.ever("oom", "web")
    assert said.ever("attach", "web")
    assert said.never("kill", "web")
    assert said.ever("start", ("web", "abc"))
    assert said.before("save", "delete", "training:cargo", kind="image")
    assert not said.before("delete", "save", "training:cargo", kind="image")
    assert said.count("load") == 1


def test_names_are_compared_without_what_differs() -> None:
    said = made(call(1, "GET", "/images/busybox:latest/get", actors=["sha256:77"]))
    assert said.ever("save", "busybox")
    assert said.ever("save", "sha256:77")
    assert said.never("save", "alpine")


def test_events_become_actions() -> None:
    events = [{"Type": "container", "Action": "exec_create: sh -c x", "timeNano": 5_000_000_000,
               "Actor": {"ID": "abc", "Attributes": {"name": "web"}}}]
    one = next(journal.from_events(events))
    assert (one.action, one.time) == ("exec_create", 5.0)
    assert one.concerns("web")
    assert one.concerns("abc")


def chain(*entries: dict[str, Any]) -> list[str]:
    lines, previous = [], "0" * 64
    for seq, entry in enumerate(entries, 1):
        body = {"seq": seq, **entry, "prev": previous}
        previous = hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        lines.append(json.dumps({**body, "hash": previous}))
    return lines


def test_a_whole_chain_is_whole() -> None:
    assert journal.broken(chain({"a": 1}, {"b": "é"}, {"c": None})) == ""
    assert journal.broken([]) == ""


@pytest.mark.parametrize("damage", [
    lambda lines: [lines[0], lines[1].replace('"b"', '"x"'), lines[2]],
    lambda lines: [lines[0], lines[2]],
    lambda lines: lines[1:],
    lambda lines: [lines[1], lines[0], lines[2]],
    lambda lines: [*lines, "{"],
    lambda lines: [*lines, "[1]"],
])
def test_a_damaged_chain_is_not(damage: Any) -> None:
    assert "entry" in journal.broken(damage(chain({"a": 1}, {"b": 2}, {"c": 3})))
