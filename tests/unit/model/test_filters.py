"""Filters: both JSON forms, alternatives, labels, refusals."""

from __future__ import annotations

import pytest

from runtime.errors import BadRequest
from runtime.model import filters


def test_both_forms_give_the_same() -> None:
    old, new = filters.parse('{"label":["a","b=1"]}'), filters.parse('{"label":{"a":true,"b=1":true}}')
    assert old == new
    assert old.get("label") == ("a", "b=1")


@pytest.mark.parametrize("text", ["zz", "[", "[]", "7", '{"a":1}', '{"a":[1]}', "[" * 100000])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        filters.parse(text)


@pytest.mark.parametrize("text", ["", "{}", "null"])
def test_nothing_is_no_filter(text: str) -> None:
    assert not filters.parse(text)


def test_unknown_key_is_named() -> None:
    with pytest.raises(BadRequest, match="invalid filter 'zz'"):
        filters.parse('{"zz":["a"]}').check({"label"})


def test_labels_all_hold_and_negation() -> None:
    wanted = filters.parse('{"label":["a","b=1"],"label!":["c"]}')
    assert wanted.labelled({"a": "x", "b": "1"})
    assert not wanted.labelled({"a": "x", "b": "2"})
    assert not wanted.labelled({"a": "x", "b": "1", "c": ""})
    assert not wanted.labelled(None)


def test_values_are_alternatives() -> None:
    wanted = filters.parse('{"status":["exited","created"],"name":["^we"]}')
    assert wanted.exact("status", "created")
    assert not wanted.exact("status", "running")
    assert wanted.search("name", "web")
    assert not wanted.search("name", "the-web")
    assert filters.parse('{"name":["("]}').search("name", "a(b") is False


def test_flags() -> None:
    assert filters.parse('{"dangling":["true"]}').flag("dangling", default=False)
    assert not filters.parse('{"dangling":["0"]}').flag("dangling", default=True)
    assert filters.parse("").flag("dangling", default=True)
    with pytest.raises(BadRequest):
        filters.parse('{"dangling":["maybe"]}').flag("dangling", default=True)
