"""`docker history`: the layers of an image and what made them."""

from __future__ import annotations

from . import formats, listing, units
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values


def fields(*, trunc: bool, human: bool) -> listing.Fields:
    """Return what a layer's line can show."""
    return {
        "ID": ("IMAGE", lambda h: units.short(h["Id"]) if trunc else h["Id"]),
        "CreatedAt": ("CREATED AT", _created_at),
        "CreatedSince": ("CREATED" if human else "CREATED AT", lambda h: _since(h) if human else _created_at(h)),
        "CreatedBy": ("CREATED BY", lambda h: _by(h["CreatedBy"], trunc=trunc)),
        "Size": ("SIZE", lambda h: units.size3(h["Size"]) if human else str(h["Size"])),
        "Comment": ("COMMENT", lambda h: h.get("Comment", "")),
    }


def _created_at(layer: dict[str, Any]) -> str:
    return units.rfc3339(layer["Created"])


def _since(layer: dict[str, Any]) -> str:
    return units.ago(layer["Created"]) if layer["Created"] > 0 else "N/A"


def _by(text: str, *, trunc: bool) -> str:
    flat = text.replace("\t", " ")
    return units.ellipsis(flat, 45) if trunc else flat


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Show the history."""
    platform = formats.platform(flags["platform"])
    found = context.client.get(f"/images/{words[0]}/history", platform=platform)
    known = fields(trunc=not flags["no-trunc"], human=flags["human"])
    shown = listing.Listing("image.historyContext", known, ["ID", "CreatedSince", "CreatedBy", "Size", "Comment"])
    formats.write(shown.show(found, flags["format"], quiet="ID" if flags["quiet"] else ""))
    return 0


COMMAND = Command(
    "history",
    "Show the history of an image",
    "[OPTIONS] IMAGE",
    (
        Flag("format", formats.TABLE_HELP, kind="string"),
        Flag("human", "Print sizes and dates in human readable format", short="H", default=True),
        Flag("no-trunc", "Don't truncate output"),
        Flag(
            "platform", formats.PLATFORM_HELP.format("Show history for the given platform."), kind="string", hidden=True
        ),
        Flag("quiet", "Only show image IDs", short="q"),
    ),
    run,
    args=(1, 1),
    aliases="docker image history, docker history",
)
