"""Go values as text: what `{{.X}}`, `print` and `printf` write, and `{{json .X}}`."""

from __future__ import annotations

import re

from . import values
from .values import MISSING, Row, Typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


VERB = re.compile(r"%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(.)?", re.DOTALL)
ADDRESS = "0xc000010000"


def show(value: Any, *, depth: int = 0, plus: bool = False) -> str:
    """Return a value as `%v` prints it."""
    if value is None or value is MISSING:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, Row):
        return "&{" + " ".join(show(item) for item in value.data().values()) + "}"
    if isinstance(value, Typed):
        return _typed(value, depth=depth, plus=plus)
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{show(item, depth=depth + 1)}" for key, item in sorted(value.items())) + "]"
    return "[" + " ".join(show(item, depth=depth + 1, plus=plus) for item in value) + "]"


def _typed(value: Typed, *, depth: int, plus: bool) -> str:
    kind = value.kind
    if value.type == "time.Duration":
        return duration(int(value.raw))
    if value.type == "time.Time":
        return moment(str(value.raw))
    if kind == "ptr":
        if value.raw is None:
            return "<nil>"
        return ADDRESS if depth else "&" + show(value.element(), depth=depth + 1, plus=plus)
    if kind == "map":
        return "map[" + " ".join(f"{k}:{show(item, depth=depth + 1, plus=plus)}" for k, item in value.entries()) + "]"
    if kind == "slice":
        return "[" + " ".join(show(item, depth=depth + 1, plus=plus) for item in value.items()) + "]"
    parts = [(field[0], show(value.field(field[0]), depth=depth + 1, plus=plus)) for field in value.fields()]
    return "{" + " ".join(f"{name}:{text}" if plus else text for name, text in parts) + "}"


def number(value: float) -> str:
    """Return a float as `%v` does: the shortest form, an exponent from 1e21 on."""
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    return re.sub(r"e([+-])(\d)$", r"e\g<1>0\2", text)


def duration(nanoseconds: int) -> str:
    """Return a time.Duration as Go prints it: 1m30s, 500ms, 0s."""
    if nanoseconds < 0:
        return "-" + duration(-nanoseconds)
    if nanoseconds < 1_000_000_000:
        for size, unit in ((1_000_000, "ms"), (1_000, "µs"), (1, "ns")):
            if nanoseconds >= size:
                return f"{_decimal(nanoseconds, size)}{unit}"
        return "0s"
    minutes, rest = divmod(nanoseconds, 60_000_000_000)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{head}{_decimal(rest, 1_000_000_000)}s"


def _decimal(amount: int, size: int) -> str:
    whole, rest = divmod(amount, size)
    fraction = str(rest).rjust(len(str(size)) - 1, "0").rstrip("0") if rest else ""
    return f"{whole}.{fraction}" if fraction else str(whole)


def moment(text: str) -> str:
    """Return an RFC 3339 time as time.Time prints it: `2026-11-24 00:28:23.383226177 +0000 UTC`."""
    match = re.match(r"(\d+-\d+-\d+)T(\d+:\d+:\d+)(\.\d+)?(Z|[+-]\d+:\d+)?", text)
    if not match:
        return text
    date, clock, fraction, zone = match.groups()
    fraction = (fraction or "").rstrip("0").rstrip(".")
    if zone in (None, "Z", "+00:00"):
        return f"{date} {clock}{fraction} +0000 UTC"
    flat = zone.replace(":", "")
    return f"{date} {clock}{fraction} {flat} {flat}"


def sprint(arguments: Sequence[Any]) -> str:
    """Join as fmt.Sprint does: a space between two operands when neither is a string."""
    out, before = "", True
    for index, value in enumerate(arguments):
        is_string = isinstance(value, str)
        if index and not is_string and not before:
            out += " "
        out += show(value)
        before = is_string
    return out


def sprintln(arguments: Sequence[Any]) -> str:
    """Join as fmt.Sprintln does: spaces between, a line end after."""
    return " ".join(map(show, arguments)) + "\n"


def sprintf(form: str, arguments: Sequence[Any]) -> str:
    """Fill a format as fmt.Sprintf does, with its complaints about wrong verbs and arguments."""
    queue = list(arguments)

    def fill(match: re.Match[str]) -> str:
        flags, width, precision, verb = match.groups()
        if verb == "%":
            return "%"
        if width == "*":
            width = str(queue.pop(0)) if queue else ""
            flags, width = (flags + "-", width[1:]) if width.startswith("-") else (flags, width)
        if precision == "*":
            precision = str(queue.pop(0)) if queue else ""
        if verb is None:
            return "%!(NOVERB)"
        if not queue:
            return f"%!{verb}(MISSING)"
        return _pad(_verb(verb, flags, precision, queue.pop(0)), flags, width)

    text = VERB.sub(fill, form)
    if queue:
        extra = ", ".join("<nil>" if item is None else f"{values.type_name(item)}={show(item)}" for item in queue)
        text += f"%!(EXTRA {extra})"
    return text


def _pad(text: str, flags: str, width: str | None) -> str:
    if not width:
        return text
    size = int(width)
    if "-" in flags:
        return text.ljust(size)
    if "0" in flags:
        sign = text[0] if text[:1] in ("-", "+") else ""
        return sign + text[len(sign) :].rjust(size - len(sign), "0")
    return text.rjust(size)


def _verb(verb: str, flags: str, precision: str | None, value: Any) -> str:
    if verb == "T":
        return values.type_name(value)
    if verb == "v":
        return quote(value) if "#" in flags and isinstance(value, str) else show(value, plus="+" in flags)
    if isinstance(value, Typed) and value.type == "time.Duration" and verb == "d":
        value = int(value.raw)
    if isinstance(value, Typed | list | dict) and values.kind(value) == "slice":
        items = value.items() if isinstance(value, Typed) else value
        return "[" + " ".join(_verb(verb, flags, precision, item) for item in items) + "]"
    text = _scalar(verb, flags, precision, value)
    return f"%!{verb}({_described(value)})" if text is None else text


def _described(value: Any) -> str:
    return "<nil>" if value is None else f"{values.type_name(value)}={show(value)}"


def _scalar(verb: str, flags: str, precision: str | None, value: Any) -> str | None:
    """Return a scalar printed by a verb; None when the verb does not fit."""
    if isinstance(value, bool):
        return show(value) if verb == "t" else None
    if isinstance(value, int):
        return _integer(verb, flags, value)
    if isinstance(value, float):
        if verb not in "eEfFgG":
            return None
        digits = int(precision or 0) if precision is not None else None
        plus = "+" if "+" in flags else ""
        if verb in "gG" and digits is None:
            return number(value)
        return format(value, f"{plus}.{6 if digits is None else digits}{verb}")
    if isinstance(value, str):
        return _string(verb, precision, value)
    return show(value) if verb == "s" and isinstance(value, Typed) else None


def _integer(verb: str, flags: str, value: int) -> str | None:
    if verb == "c":
        return chr(value)
    if verb == "q":
        return f"'{chr(value)}'"
    if verb == "U":
        return f"U+{value:04X}"
    if verb not in "bdoxX":
        return None
    plus = "+" if "+" in flags else " " if " " in flags else ""
    prefix = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}.get(verb, "") if "#" in flags else ""
    digits = format(abs(value), verb)
    return ("-" if value < 0 else plus) + prefix + digits


def _string(verb: str, precision: str | None, value: str) -> str | None:
    if verb not in "sqxX":
        return None
    cut = value if precision is None else value[: int(precision or 0)]
    if verb == "q":
        return quote(cut)
    return cut if verb == "s" else cut.encode().hex() if verb == "x" else cut.encode().hex().upper()


def quote(value: str) -> str:
    """Return a string as `%q` does."""
    return '"' + "".join(map(_quoted, value)) + '"'


ESCAPES = dict(zip('\a\b\f\n\r\t\v"\\', 'abfnrtv"\\', strict=True))


def _quoted(char: str) -> str:
    if char in ESCAPES:
        return "\\" + ESCAPES[char]
    return char if char.isprintable() else f"\\x{ord(char):02x}"


def to_json(value: Any) -> str:
    """Return a value as encoding/json writes it: struct fields in their order, map keys sorted, no spaces."""
    import json

    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), default=str)
    if isinstance(value, Row):
        # Docker's lines encode themselves, and then Go escapes what HTML minds.
        for char in "<>&":
            text = text.replace(char, f"\\u{ord(char):04x}")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _plain(value: Any) -> Any:
    if isinstance(value, values.Number):
        return int(value) if value.lstrip("-").isdigit() else float(value)
    if value is MISSING:
        return None
    if isinstance(value, Row):
        return dict(sorted(value.data().items()))
    if isinstance(value, Typed):
        return _plain_typed(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _plain_typed(value: Typed) -> Any:
    kind = value.kind
    scalar = kind not in ("ptr", "map", "slice", "struct") or value.type == "time.Time"
    if scalar or (value.raw is None and kind != "struct"):
        return value.raw
    if kind == "ptr":
        return _plain(value.element())
    if kind == "map":
        return {key: _plain(item) for key, item in value.entries()}
    if kind == "slice":
        return [_plain(item) for item in value.items()]
    out: dict[str, Any] = {}
    for name, key, go_type, omit in value.fields():
        item = value.field(name)
        if key == values.EMBEDDED:
            out |= _plain(item)
            continue
        empty = values.kind_of(go_type) != "struct" and not values.truth(item)
        if key != "-" and not (omit and empty):
            out[key] = _plain(item)
    return out
