"""The functions a template may call: Go's own, and the ones Docker adds (json, split, join, pad, …).

Each takes the list of its arguments. `and` and `or` are not here: the executor evaluates them lazily.
"""

from __future__ import annotations

import re
from urllib.parse import quote as percent

from . import printing, values
from .errors import CallError, TypeCallError
from .values import MISSING, Strings, Typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Function = Callable[[list[Any]], Any]


def _eq(arguments: list[Any]) -> bool:
    first, *others = arguments
    if not others:
        raise CallError("missing argument for comparison")
    return any(_equal(first, other) for other in others)


def _basic(value: Any) -> str:
    if isinstance(value, Typed) and value.type == "time.Duration":
        return "int"
    return values.kind(value)


def _equal(one: Any, other: Any) -> bool:
    kinds = _basic(one), _basic(other)
    if kinds[0] != kinds[1]:
        if "invalid" in kinds or one is None or other is None:
            return False
        raise CallError("incompatible types for comparison")
    if kinds[0] in ("slice", "map"):
        raise CallError(f"non-comparable type {printing.show(one)}: {values.type_name(one)}")
    return bool(_raw(one) == _raw(other))


def _raw(value: Any) -> Any:
    return value.raw if isinstance(value, Typed) else value


def _lt(arguments: list[Any]) -> bool:
    one, other = arguments
    kinds = _basic(one), _basic(other)
    if kinds[0] not in ("int", "float64", "string"):
        raise CallError("invalid type for comparison")
    if kinds[0] != kinds[1]:
        raise CallError("incompatible types for comparison")
    return bool(_raw(one) < _raw(other))


def _gt(arguments: list[Any]) -> bool:
    return not _lt(arguments) and not _eq(arguments)


def _len(arguments: list[Any]) -> int:
    value, nil = values.indirect(arguments[0])
    if nil or value is MISSING:
        raise CallError("len of nil pointer" if isinstance(value, Typed) else "len of untyped nil")
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, list | dict):
        return len(value)
    if isinstance(value, Typed) and value.kind in ("map", "slice"):
        return len(value.raw or ())
    raise CallError(f"len of type {values.type_name(value)}")


def _index(arguments: list[Any]) -> Any:
    value, *keys = arguments
    if value is MISSING or value is None:
        raise CallError("index of untyped nil")
    for key in keys:
        value, nil = values.indirect(value)
        if nil:
            raise CallError("index of nil pointer")
        value = _element(value, key)
    return value


def _element(value: Any, key: Any) -> Any:
    kind = values.kind(value)
    if kind == "map":
        if not isinstance(key, str):
            raise CallError(f"value has type {values.type_name(key)}; should be string")
        if isinstance(value, Typed):
            if values.under(value.type).startswith("map[nat.Port]"):
                raise CallError("value has type string; should be nat.Port")
            # A missing key gives the element type's zero value, not an error: reflect.Zero.
            return values.wrap(values.element_type(value.type), (value.raw or {}).get(key))
        return value.get(key, MISSING)
    if kind not in ("slice", "string"):
        raise CallError(f"can't index item of type {values.type_name(value)}")
    items = value.encode() if isinstance(value, str) else value.items() if isinstance(value, Typed) else value
    return items[_position(key, len(items))]


def _position(key: Any, size: int, *, past: bool = False) -> int:
    if isinstance(key, bool) or not isinstance(key, int):
        raise CallError("cannot index slice/array with nil" if key is None or key is MISSING
                        else f"cannot index slice/array with type {values.type_name(key)}")  # fmt: skip
    if key < 0 or key > size or (key == size and not past):
        raise CallError(f"index out of range: {key}")
    return key


def _slice(arguments: list[Any]) -> Any:
    value, nil = values.indirect(arguments[0])
    if nil or value is MISSING:
        raise CallError("slice of untyped nil")
    if len(arguments) > 4:
        raise CallError(f"too many slice indexes: {len(arguments) - 1}")
    if values.kind(value) not in ("string", "slice"):
        raise CallError(f"can't slice item of type {values.type_name(value)}")
    items = value.raw or [] if isinstance(value, Typed) else value.encode() if isinstance(value, str) else value
    bounds = [_position(key, len(items), past=True) for key in arguments[1:]]
    start = bounds[0] if bounds else 0
    end = bounds[1] if len(bounds) > 1 else len(items)
    if start > end:
        raise CallError(f"invalid slice index: {start} > {end}")
    if isinstance(items, bytes):
        return items[start:end].decode("utf-8", "replace")
    return Typed(value.type, items[start:end]) if isinstance(value, Typed) else items[start:end]


def _text(value: Any, *, expected: str = "string") -> str:
    if isinstance(value, str) and not isinstance(value, values.Number):
        return value
    if value is MISSING or value is None:
        raise TypeCallError(f"invalid value; expected {expected}", value)
    raise TypeCallError(f"wrong type for value; expected {expected}; got {values.type_name(value)}", value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeCallError(f"wrong type for value; expected int; got {values.type_name(value)}", value)
    return value


def _join(arguments: list[Any]) -> str:
    items, separator = arguments
    if isinstance(items, Typed) and values.under(items.type) == "[]string":
        items = Strings(items.raw or [])
    if not isinstance(items, Strings):
        raise TypeCallError(f"wrong type for value; expected []string; got {values.type_name(items)}", items)
    return _text(separator).join(items)


def _pad(arguments: list[Any]) -> str:
    text, before, after = arguments
    return " " * _whole(before) + _text(text) + " " * _whole(after) if _text(text) else ""


def _truncate(arguments: list[Any]) -> str:
    text, size = arguments
    return _text(text)[: _whole(size)]


def _title(arguments: list[Any]) -> str:
    return re.sub(r"(?<![\w'])[^\W\d_]", lambda match: match.group().upper(), _text(arguments[0]))


def _printf(arguments: list[Any]) -> str:
    return printing.sprintf(_text(arguments[0]), arguments[1:])


# `&` first: the entities have one.
HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\0": "\ufffd"}


def _html(arguments: list[Any]) -> str:
    text = printing.sprint(arguments)
    for char, entity in HTML.items():
        text = text.replace(char, entity)
    return text


def _js(arguments: list[Any]) -> str:
    escapes = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    text = printing.sprint(arguments)
    return "".join(escapes.get(char, f"\\u{ord(char):04X}" if char < " " else char) for char in text)


def _call(arguments: list[Any]) -> Any:
    raise CallError("call of nil")


# name: (fewest arguments, most arguments or None, function)
FUNCTIONS: dict[str, tuple[int, int | None, Function]] = {
    "and": (1, None, lambda arguments: arguments[-1]),
    "or": (1, None, lambda arguments: arguments[-1]),
    "not": (1, 1, lambda arguments: not values.truth(arguments[0])),
    "eq": (1, None, _eq),
    "ne": (2, 2, lambda arguments: not _equal(*arguments)),
    "lt": (2, 2, _lt),
    "le": (2, 2, lambda arguments: _lt(arguments) or _eq(arguments)),
    "gt": (2, 2, _gt),
    "ge": (2, 2, lambda arguments: not _lt(arguments)),
    "len": (1, 1, _len),
    "index": (1, None, _index),
    "slice": (1, None, _slice),
    "call": (1, None, _call),
    "print": (0, None, printing.sprint),
    "println": (0, None, printing.sprintln),
    "printf": (1, None, _printf),
    "html": (0, None, _html),
    "js": (0, None, _js),
    "urlquery": (0, None, lambda arguments: percent(printing.sprint(arguments), safe="-_.~").replace("%20", "+")),
    "json": (1, 1, lambda arguments: printing.to_json(arguments[0])),
    "split": (2, 2, lambda arguments: Strings(_text(arguments[0]).split(_text(arguments[1])))),
    "join": (2, 2, _join),
    "title": (1, 1, _title),
    "lower": (1, 1, lambda arguments: _text(arguments[0]).lower()),
    "upper": (1, 1, lambda arguments: _text(arguments[0]).upper()),
    "pad": (3, 3, _pad),
    "truncate": (2, 2, _truncate),
}

# In the header line of a table the functions leave the column's title as it is.
HEADER: dict[str, tuple[int, int | None, Function]] = FUNCTIONS | {
    name: (low, high, lambda arguments: arguments[0])
    for name, (low, high, _) in FUNCTIONS.items()
    if name in ("json", "split", "join", "title", "lower", "upper", "pad", "truncate")
}
