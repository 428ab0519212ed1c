"""What the commands that list things share: the help of `--format`, and `--filter` as the API takes it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

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


class FilterError(Exception):
    """A `--filter` that is not name=value."""


def filters(given: Sequence[str]) -> dict[str, dict[str, bool]] | None:
    """Return filters as the API takes them; None when there are none."""
    found: dict[str, dict[str, bool]] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            raise FilterError("invalid filter (must be '<name>=<value>')")
        found.setdefault(name.strip().lower(), {})[value.strip()] = True
    return found or None


PLATFORM_HELP = '{} Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")'


def platform(text: str) -> dict[str, str] | None:
    """Return a platform as the API takes it; None when none is named."""
    if not text:
        return None
    names = ("os", "architecture", "variant")
    return dict(zip(names, text.split("/"), strict=False))
