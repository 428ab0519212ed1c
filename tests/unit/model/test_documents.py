"""Configurations of images from outside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.errors import BadRequest
from runtime.model import documents

GOOD: dict[str, Any] = {"os": "linux", "config": {"Cmd": ["sh"]}, "rootfs": {"diff_ids": ["sha256:" + "a" * 64]}}


def test_a_good_one_is_read() -> None:
    assert documents.parse(json.dumps(GOOD).encode())["config"] == {"Cmd": ["sh"]}


@pytest.mark.parametrize("data", [
    b"", b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b'"\\ud800"', b"9" * 5000, b"[]", b"{}",
    json.dumps(GOOD | {"rootfs": {"diff_ids": ["../../etc"]}}).encode(),
    json.dumps(GOOD | {"rootfs": {"diff_ids": 7}}).encode(),
    json.dumps(GOOD | {"config": {"Env": "A=1"}}).encode(),
    json.dumps(GOOD | {"config": {"Labels": {"a": 1}}}).encode(),
    json.dumps(GOOD | {"history": [7]}).encode(),
    json.dumps(GOOD | {"os": "windows"}).encode(),
])
def test_a_bad_one_is_refused(data: bytes) -> None:
    with pytest.raises(BadRequest):
        documents.parse(data)


def test_history_gives_sizes_to_the_steps_that_made_layers() -> None:
    steps = [{"created_by": "a", "created": "2026-01-01T00:00:00Z"}, {"created_by": "b", "empty_layer": True}, {}]
    lines = documents.history(GOOD | {"history": steps}, [10, 20])
    assert [(line["CreatedBy"], line["Size"]) for line in lines] == [("", 20), ("b", 0), ("a", 10)]
    assert lines[2]["Created"] == 1767225600
