"""What a list, a prune or the event stream is narrowed to: `--filter label=a --filter status=exited`.

Values of one key are alternatives, different keys must all hold; labels are the exception, all of them must hold.
Clients send JSON in either of two forms: `{"label": {"a": true}}` (today's) and `{"label": ["a"]}` (before 1.22).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ..errors import BadRequest

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")


@dataclass(frozen=True, slots=True)
class Filters:
    """The parsed filters: key -> values in the order given."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str) -> tuple[str, ...]:
        """Give the values of a key, empty when it was not given."""
        return self.values.get(key, ())

    def check(self, accepted: Collection[str]) -> None:
        """Refuse a key that is not among `accepted`."""
        for key in self.values:
            if key not in accepted:
                raise BadRequest(f"invalid filter '{key}'")

    def flag(self, key: str, *, default: bool) -> bool:
        """Read a yes-or-no filter such as `dangling`."""
        given = self.get(key)
        if not given:
            return default
        if all(value in _TRUE for value in given):
            return True
        if all(value in _FALSE for value in given):
            return False
        raise BadRequest(f"invalid filter '{key}={list(given)}'")

    def exact(self, key: str, *candidates: str) -> bool:
        """Say whether the key is absent or one of its values is among `candidates`."""
        given = self.get(key)
        return not given or any(value in candidates for value in given)

    def search(self, key: str, *candidates: str) -> bool:
        """Like `exact`, with values as regular expressions searched in the candidates (names, ids)."""
        given = self.get(key)
        return not given or any(_found(value, candidate) for value in given for candidate in candidates)

    def labelled(self, labels: Mapping[str, str] | None) -> bool:
        """Say whether `label` (all of them) holds and `label!` (all of them) does not."""
        have = labels or {}
        wanted = all(_has_label(have, value) for value in self.get("label"))
        return wanted and not any(_has_label(have, value) for value in self.get("label!"))


def parse(text: str) -> Filters:
    """Parse the `filters` query parameter; "" means none."""
    if not text:
        return Filters()
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequest(f"invalid filter: {text[:100]!r} is not a JSON object of filters") from None
    if document is None:
        return Filters()
    if not isinstance(document, dict):
        raise BadRequest("invalid filter: not a JSON object")
    return Filters({key: _values(key, given) for key, given in document.items()})


def _values(key: str, given: object) -> tuple[str, ...]:
    if isinstance(given, dict):
        given = [value for value, wanted in given.items() if wanted]
    if isinstance(given, list) and all(isinstance(value, str) for value in given):
        return tuple(given)
    raise BadRequest(f"invalid filter '{key}': expected a list of values")


def _has_label(labels: Mapping[str, str], wanted: str) -> bool:
    key, equals, value = wanted.partition("=")
    return key in labels and (not equals or labels[key] == value)


def _found(pattern: str, candidate: str) -> bool:
    if pattern == candidate:
        return True
    try:
        return re.search(pattern, candidate) is not None
    except re.error:
        return False
