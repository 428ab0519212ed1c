"""What a Go value is here.

Plain JSON stands for `interface {}` values: None, bool, int, float, str, list, dict. `Number` is a number whose
text was kept, as Go keeps it when it decodes untyped JSON. `Typed` is JSON read as a Go type: it knows its fields,
their order and what is missing. `Row` is an object with methods, one line of a listing. `MISSING` is no value at all.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


NAMED = {"time.Duration": "int64", "strslice.StrSlice": "[]string", "nat.PortSet": "map[nat.Port]struct {}",
         "nat.PortMap": "map[nat.Port][]nat.PortBinding", "nat.Port": "string"}  # fmt: skip
INTEGERS = frozenset(("int", "int64", "int32", "uint", "uint16", "uint64", "uint32"))
ZERO = {"string": "", "bool": False, "float64": 0.0, "json.Number": "", "time.Time": "0001-01-01T00:00:00Z"}


KINDS = ((bool, "bool"), (int, "int"), (float, "float64"), (str, "string"), (list, "slice"), (dict, "map"))


# The JSON name of an embedded struct: its fields stand among those of the struct around it.
EMBEDDED = "+"


class Missing:
    """No value: printed as `<no value>`."""

    __slots__ = ()


MISSING = Missing()


class Number(str):
    """A number of untyped JSON, kept as text: Go's json.Number, whose kind is string."""

    __slots__ = ()


class Row:
    """One line of a listing: templates see its methods, `{{.ID}}` calls `get("ID")`."""

    go_type = "*formatter.Context"

    def has(self, name: str) -> bool:
        """Say whether there is such a method."""
        raise KeyError(name)

    def get(self, name: str, arguments: list[Any]) -> Any:
        """Call a method."""
        raise KeyError(name)

    def arity(self, name: str) -> int:
        """Return how many arguments a method takes."""
        return 0

    def data(self) -> dict[str, Any]:
        """Return what `{{json .}}` shows."""
        return {}


class Typed:
    """JSON read as a Go type that is more than a scalar."""

    __slots__ = ("raw", "type")

    def __init__(self, go_type: str, raw: Any) -> None:
        self.type, self.raw = go_type, raw

    @property
    def kind(self) -> str:
        """The reflect kind: ptr, struct, slice, map, int64 (a duration)."""
        return kind_of(self.type)

    def element(self) -> Typed | Any:
        """Return what a pointer points to."""
        return wrap(self.type[1:], self.raw)

    def fields(self) -> list[tuple[str, str, str, bool]]:
        """Return name, JSON name, type and omitempty of each field of a struct."""
        return struct(self.type)

    def field(self, name: str) -> Any:
        """Return a field of a struct; MISSING when the type has none of that name."""
        for field, key, go_type, _ in self.fields():
            if field == name:
                return wrap(go_type, self.raw if key == EMBEDDED else (self.raw or {}).get(key))
        for _, key, go_type, _ in self.fields():
            if key == EMBEDDED and (found := Typed(go_type, self.raw).field(name)) is not MISSING:
                return found
        return MISSING

    def items(self) -> list[Any]:
        """Return the elements of a slice."""
        inner = element_type(self.type)
        return [wrap(inner, item) for item in self.raw or []]

    def entries(self) -> list[tuple[str, Any]]:
        """Return keys and values of a map, in the order Go prints and ranges: sorted."""
        inner = element_type(self.type)
        return [(key, wrap(inner, item)) for key, item in sorted((self.raw or {}).items())]


Struct = list[tuple[str, str, str, bool]]
structs: dict[str, Struct] = {}
# Who knows the struct types: a function from a type's name to its fields' lines; set by `gotypes`.
catalogue: list[Callable[[str], str | None]] = []


def struct(go_type: str) -> Struct:
    """Return the fields of a struct type; a line reads `Name[:json] type[?]`, with `?` for omitempty."""
    if go_type not in structs:
        lines = next((found for look in catalogue if (found := look(go_type)) is not None), "")
        structs[go_type] = fields_of(lines)
    return structs[go_type]


def fields_of(lines: str) -> Struct:
    """Read the fields of a struct type from its text."""
    return [_field(line) for line in lines.split(";") if line.strip()]


def _field(line: str) -> tuple[str, str, str, bool]:
    name, _, go_type = line.strip().partition(" ")
    field, _, key = name.partition(":")
    return field, key or field, go_type.rstrip("?"), go_type.endswith("?")


def under(go_type: str) -> str:
    """Return the type a name stands for."""
    return NAMED.get(go_type, go_type)


def element_type(go_type: str) -> str:
    """Return the type of the elements of a slice, array, map or pointer."""
    plain = under(go_type)
    if plain.startswith("*"):
        return plain[1:]
    return plain[plain.index("]") + 1 :]


def kind_of(go_type: str) -> str:
    """Return the reflect kind of a Go type's name."""
    plain = under(go_type)
    for prefix, kind in (("*", "ptr"), ("map[", "map"), ("[", "slice"), ("interface", "interface")):
        if plain.startswith(prefix):
            return kind
    scalar = plain in INTEGERS or plain in ("string", "bool", "float64")
    return plain if scalar else "struct"


def wrap(go_type: str, raw: Any) -> Any:
    """Return JSON as a value of a Go type: scalars plain, the rest with its type."""
    plain = under(go_type)
    if plain.startswith("interface"):
        return raw
    if go_type == "time.Duration" or plain == "time.Time" or kind_of(plain) in ("ptr", "map", "slice", "struct"):
        return Typed(go_type, ZERO.get(plain, 0 if go_type == "time.Duration" else None) if raw is None else raw)
    if raw is None:
        return ZERO.get(plain, 0)
    return float(raw) if plain == "float64" else raw


def kind(value: Any) -> str:
    """Return the reflect kind of a value."""
    if isinstance(value, Typed):
        return value.kind
    if isinstance(value, Row):
        return "ptr"
    for python, name in KINDS:
        if isinstance(value, python):
            return name
    return "invalid"


def type_name(value: Any) -> str:
    """Return the name Go gives a value's type."""
    if isinstance(value, Typed):
        return value.type
    if isinstance(value, Row):
        return value.go_type
    if isinstance(value, Number):
        return "json.Number"
    if isinstance(value, list):
        return "[]string" if getattr(value, "strings", False) else "[]interface {}"
    if isinstance(value, dict):
        return "map[string]interface {}"
    return {"invalid": "<nil>"}.get(kind(value), kind(value))


class Strings(list[str]):
    """A `[]string` made by a function, so that `join` takes it."""

    strings = True


def indirect(value: Any) -> tuple[Any, bool]:
    """Follow pointers; say whether the end is nil."""
    while isinstance(value, Typed) and value.kind == "ptr":
        if value.raw is None:
            return value, True
        value = value.element()
    return value, value is None


def truth(value: Any) -> bool:
    """Say what `if` makes of a value."""
    if isinstance(value, Typed):
        if value.kind == "ptr":
            return value.raw is not None
        return True if value.kind == "struct" else bool(value.raw)
    if isinstance(value, Row):
        return True
    return value is not MISSING and bool(value)


def parse_json(text: str | bytes) -> Any:
    """Read JSON as Go reads it into an `interface {}`, numbers kept as text."""
    import json

    return json.loads(text, parse_int=Number, parse_float=Number)
