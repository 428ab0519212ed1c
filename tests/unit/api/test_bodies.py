"""JSON bodies: hostile ones are refused, good ones come through unchanged."""

from __future__ import annotations

import pytest

from runtime.api import bodies
from runtime.errors import BadRequest


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "EOF"),
        (b"{", "invalid JSON"),
        (b"[]", "array into Go value"),
        (b"7", "number 7"),
        (b'"x"', "string"),
        (b"[" * 10000, "depth"),
        (b'{"a":' * 10000, "depth"),
        (b'{"HostConfig":{"Memory":"x"}}', "HostConfig.Memory of type int64"),
        (b'{"HostConfig":{"Memory":1.5}}', "int64"),
        (b'{"HostConfig":{"Memory":true}}', "bool"),
        (b'{"HostConfig":{"Memory":9223372036854775808}}', "9223372036854775808"),
        (b'{"HostConfig":{"Memory":' + b"9" * 100000 + b"}}", "invalid JSON"),
        (b'{"HostConfig":{"Memory":NaN}}', "invalid character 'N'"),
        (b'{"HostConfig":{"Memory":1e400}}', "int64"),
        (b'{"HostConfig":{"Mounts":[{"Type":7}]}}', "string"),
        (b'{"Image":["x"]}', "Image of type string"),
        (b'{"Env":{"a":1}}', "Env"),
        (b'{"Labels":{"a":1}}', "Labels.a"),
        (b'{"Volumes":{"/a":7}}', "Volumes"),
        (b"{} trailing", "invalid JSON"),
        (b"\xff\xfe", "invalid JSON"),
    ],
)
def test_refused(raw: bytes, says: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        bodies.parse(raw, bodies.CONTAINER)
    assert says in refusal.value.message


def test_accepted() -> None:
    raw = b'{"image":"x","Cmd":"sh","Env":["a=1",null],"Volumes":{"/v":{}},"Unknown":7,"HostConfig":{"Memory":null}}'
    assert bodies.parse(raw, bodies.CONTAINER) == {
        "Image": "x", "Cmd": ["sh"], "Env": ["a=1", ""], "Volumes": {"/v": {}}, "HostConfig": {"Memory": None},
    }  # fmt: skip
    assert bodies.parse(b"null", bodies.CONTAINER) == {}


def test_lone_surrogates_are_replaced_and_pairs_kept() -> None:
    parsed = bodies.parse(rb'{"Env":["\ud800x","\ud83d\ude00"]}', bodies.CONTAINER)
    assert parsed["Env"] == ["\ufffdx", "\U0001f600"]
