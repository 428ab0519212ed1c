"""What every listing shares: `--format` in its forms, header and columns.

A listing names its fields once: header and function of each. The default table, `table TEMPLATE`, `json`, `raw`
and free templates all come from that.
"""

from __future__ import annotations

from . import tables
from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    Value = Callable[[Any], Any]
    Fields = dict[str, tuple[str, Value]]


class FormatError(CliError):
    """A `--format` that does not parse or does not fit, in the client's words."""


class Listing:
    """The fields of one kind of line, and the columns shown without a format."""

    # What is said before the reason when a template does not parse, and when it does not fit.
    failures = ("template parsing error", "template parsing error")

    def __init__(self, go_type: str, fields: Fields, default: Sequence[str]) -> None:
        self.go_type, self.fields, self.default = f"*{go_type}", fields, default

    def show(self, rows: Iterable[Any], form: str = "", *, quiet: str = "", raw: str = "") -> str:
        """Return the listing as text; `quiet` names the one field -q prints, `raw` is the template of `raw`."""
        if quiet and form in ("", "table"):
            return "".join(f"{self.fields[quiet][1](row)}\n" for row in rows)
        if form in ("", "table"):
            return self._default(rows)
        if form == "json":
            form = "{{json .}}"
        if form == "raw" and raw:
            form = raw if not quiet else f"{quiet.lower()}: {{{{.{quiet}}}}}"
        is_table = form == "table" or form.startswith("table ")
        return self._template(rows, form[5:].strip() if is_table else form, titles=is_table)

    def _default(self, rows: Iterable[Any]) -> str:
        columns = [self.fields[name] for name in self.default]
        head = [[header for header, _ in columns]]
        return tables.table(head + [[_text(value(row)) for _, value in columns] for row in rows])

    def _template(self, rows: Iterable[Any], form: str, *, titles: bool) -> str:
        from . import templates

        form = form.replace("\\t", "\t").replace("\\n", "\n")
        try:
            template = templates.parse(form)
        except templates.TemplateError as error:
            raise FormatError(f"{self.failures[0]}: {error}") from None
        from .templates.rows import Header, Line

        try:
            lines = [template.render(Line(self, row)) + "\n" for row in rows]
            if not titles:
                return "".join(lines)
            header = template.render(Header({name: title for name, (title, _) in self.fields.items()}), header=True)
        except templates.TemplateError as error:
            raise FormatError(f"{self.failures[1]}: {error}") from None
        return tables.align(header + "\n" + "".join(lines))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
