"""Frames and detach keys."""

from __future__ import annotations

import pytest

from runtime.api import streams
from runtime.errors import BadRequest


@pytest.mark.parametrize(
    ("pieces", "passed", "found"),
    [
        ([b"hello"], b"hello", False),
        ([b"ab\x10\x11cd"], b"ab", True),
        ([b"ab\x10", b"\x11"], b"ab", True),
        ([b"\x10", b"x"], b"\x10x", False),
        ([b"\x10\x10\x11"], b"\x10", True),
        ([b"\x10", b"\x10", b"x"], b"\x10\x10x", False),
    ],
)
def test_detach_keys(pieces: list[bytes], passed: bytes, *, found: bool) -> None:
    keys = streams.Keys(streams.DEFAULT_KEYS)
    assert b"".join(keys.feed(piece) for piece in pieces) == passed
    assert keys.found is found


def test_no_keys_never_detach() -> None:
    keys = streams.Keys(b"")
    assert keys.feed(b"\x10\x11") == b"\x10\x11"


def test_keys_are_parsed() -> None:
    assert streams.parse_keys("") == b"\x10\x11"
    assert streams.parse_keys("ctrl-a,x,ctrl-[") == b"\x01x\x1b"
    for text in ("ctrl-A", "abc", "ctrl-", ","):
        with pytest.raises(BadRequest):
            streams.parse_keys(text)


def test_frame() -> None:
    assert streams.frame(2, b"abc") == b"\2\0\0\0\0\0\0\3abc"
