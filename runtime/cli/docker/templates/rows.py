"""Lines and headers of listings as templates see them."""

from __future__ import annotations

from .values import Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Line(Row):
    """One line: its fields are the listing's functions, and `.Label "name"` looks a label up."""

    def __init__(self, listing: Any, row: Any) -> None:
        self.listing, self.row = listing, row
        self.go_type = listing.go_type

    def has(self, name: str) -> bool:
        """Say whether the listing has such a field."""
        return name in self.listing.fields or (name == "Label" and "Labels" in self.listing.fields)

    def get(self, name: str, arguments: list[Any]) -> Any:
        """Return a field of the line."""
        if name == "Label":
            (wanted,) = _exactly(arguments, 1)
            labels = self.row.get("Labels") or {}
            return str(labels.get(wanted, ""))
        _exactly(arguments, 0)
        return self.listing.fields[name][1](self.row)

    def arity(self, name: str) -> int:
        """Return how many arguments a field takes."""
        return 1 if name == "Label" else 0

    def data(self) -> dict[str, Any]:
        """Return every field, as `{{json .}}` shows the line."""
        return {name: value(self.row) for name, (_, value) in self.listing.fields.items()}


class Header(Row):
    """The titles of a table; a label's title is its last part."""

    go_type = "formatter.SubHeaderContext"

    def __init__(self, titles: dict[str, str]) -> None:
        self.titles = titles

    def has(self, name: str) -> bool:
        """Every name is a title, known or not."""
        return True

    def get(self, name: str, arguments: list[Any]) -> Any:
        """Return a title."""
        if name == "Label":
            (wanted,) = _exactly(arguments, 1)
            return str(wanted).rpartition(".")[2].replace("-", " ").replace("_", " ")
        return self.titles.get(name, "<no value>")

    def data(self) -> dict[str, Any]:
        """Return the titles."""
        return dict(self.titles)


def _exactly(arguments: list[Any], count: int) -> list[Any]:
    if len(arguments) != count:
        raise TypeError
    return arguments
