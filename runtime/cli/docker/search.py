"""`docker search`: images of a registry by a word."""

from __future__ import annotations

from . import accounts, formats, listing, units
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values


def fields(*, trunc: bool) -> listing.Fields:
    """Return what a found image's line can show."""
    return {
        "Name": ("NAME", lambda s: s["name"]),
        "Description": ("DESCRIPTION", lambda s: _described(s, trunc=trunc)),
        "StarCount": ("STARS", lambda s: str(s.get("star_count", 0))),
        "IsOfficial": ("OFFICIAL", lambda s: "[OK]" if s.get("is_official") else ""),
        "IsAutomated": ("AUTOMATED", lambda s: "[OK]" if s.get("is_automated") else ""),
    }


def _described(found: dict[str, Any], *, trunc: bool) -> str:
    text = str(found.get("description") or "").replace("\n", " ").replace("\r", " ")
    return units.ellipsis(text, 45) if trunc else text


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Ask the engine to search."""
    headers = accounts.header(accounts.account(context, accounts.server_of(words[0])))
    query = {"term": words[0], "limit": flags["limit"] or None, "filters": formats.filters(flags["filter"])}
    answer = context.client.request("GET", "/images/search", query, None, headers)
    import json

    found = sorted(json.loads(answer.body()) or [], key=lambda item: -item.get("star_count", 0))
    columns = ["Name", "Description", "StarCount", "IsOfficial"]
    known = listing.Listing("search.searchContext", fields(trunc=not flags["no-trunc"]), columns)
    formats.write(known.show(found, flags["format"]))
    return 0


COMMAND = Command(
    "search",
    "Search Docker Hub for images",
    "[OPTIONS] TERM",
    (
        Flag(
            "filter", "Filter output based on conditions provided", short="f", kind="filter", check=formats.filter_check
        ),
        Flag("format", "Pretty-print search using a Go template", kind="string"),
        Flag("limit", "Max number of search results", kind="int"),
        Flag("no-trunc", "Don't truncate output"),
    ),
    run,
    args=(1, 1),
)
