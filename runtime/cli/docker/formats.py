"""What the commands that list things share: the help of `--format`, and `--filter` as the API takes it."""

from __future__ import annotations

import sys

from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from . import templates

_TAIL = (
    "'json':             Print in JSON format\n"
    "'TEMPLATE':         Print output using the given Go template.\n"
    "Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates"
)
PLAIN_HELP = "Format output using a custom template:\n" + _TAIL
TABLE_HELP = (
    "Format output using a custom template:\n"
    "'table':            Print output in table format with column headers (default)\n"
    "'table TEMPLATE':   Print output in table format using the given Go template\n" + _TAIL
)


def write(text: str) -> None:
    """Print text as it is, at once: a reader of a stream of events waits for each line."""
    sys.stdout.write(text)
    sys.stdout.flush()


def moment(stamp: str) -> str:
    """Return an RFC 3339 time as Go prints a time."""
    from .templates import printing

    return printing.moment(stamp)


def filter_check(text: str) -> str:
    """Refuse a filter that is not name=value, when the flags are read."""
    if text and "=" not in text:
        raise ValueError("bad format of filter (expected name=value)")
    return text


def filters(given: Sequence[str]) -> dict[str, dict[str, bool]] | None:
    """Return filters as the API takes them; None when there are none."""
    found: dict[str, dict[str, bool]] = {}
    for item in given:
        name, _, value = item.partition("=")
        if not name:
            continue
        found.setdefault(name.strip().lower(), {})[value.strip()] = True
    return found or None


PLATFORM_HELP = '{} Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")'


def platform(text: str) -> dict[str, str] | None:
    """Return a platform as the API takes it; None when none is named."""
    if not text:
        return None
    names = ("os", "architecture", "variant")
    return dict(zip(names, text.split("/"), strict=False))


def template(form: str, *, name: str = "") -> templates.Template:
    """Read a `--format` template; exit code 64 is Docker's for one that is none."""
    from . import templates

    try:
        return templates.parse(form, name)
    except templates.TemplateError as error:
        raise CliError(f"template parsing error: {error}", 64) from None


def fill(form: templates.Template | None, go_type: str, data: dict[str, Any]) -> str:
    """Return one value as a template shows it, or as JSON without one."""
    from . import gotypes, templates
    from .templates import values

    assert go_type in gotypes.STRUCTS
    try:
        return (form or templates.parse("{{json .}}")).render(values.Typed(go_type, data)) + "\n"
    except templates.TemplateError as error:
        write("\n")
        raise CliError(str(error)) from None
