"""`docker images`: list images."""

from __future__ import annotations

from . import formats, listing, units
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .context import Context
    from .pflag import Values

NONE = "<none>"
RAW = (
    "repository: {{.Repository}}\n{{if .Tag}}tag: {{.Tag}}\n{{end}}"
    '{{if ne .Digest "<none>"}}digest: {{.Digest}}\n{{end}}'
    "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n"
)


def fields(*, trunc: bool) -> listing.Fields:
    """Return what an image's line can show."""
    return {
        "ID": ("IMAGE ID", lambda i: units.short(i["Id"]) if trunc else i["Id"]),
        "Repository": ("REPOSITORY", lambda i: i["repository"]),
        "Tag": ("TAG", lambda i: i["tag"]),
        "Digest": ("DIGEST", lambda i: i["digest"]),
        "CreatedSince": ("CREATED", lambda i: units.ago(i["Created"]) if i["Created"] > 0 else "N/A"),
        "CreatedAt": ("CREATED AT", lambda i: units.local(i["Created"])),
        "Size": ("SIZE", lambda i: units.size3(i["Size"])),
        "Containers": ("CONTAINERS", lambda i: "N/A" if i.get("Containers", -1) == -1 else str(i["Containers"])),
        "VirtualSize": ("VIRTUAL SIZE", lambda i: units.size(i["Size"])),
        "SharedSize": ("SHARED SIZE", lambda i: _known(i.get("SharedSize", -1))),
        "UniqueSize": ("UNIQUE SIZE", _unique),
    }


def _known(amount: int) -> str:
    return "N/A" if amount == -1 else units.size(amount)


def _unique(image: dict[str, Any]) -> str:
    shared = image.get("SharedSize", -1)
    return "N/A" if shared == -1 else units.size(image["Size"] - shared)


def lines(images: list[dict[str, Any]], *, digests: bool = False) -> Iterator[dict[str, Any]]:
    """Yield a line per tag of each image, per digest too when those are shown."""
    for image in images:
        for repository, tag, digest in _names(image, digests=digests):
            yield {**image, "repository": repository, "tag": tag, "digest": digest}


def _names(image: dict[str, Any], *, digests: bool) -> list[tuple[str, str, str]]:
    tags: dict[str, list[str]] = {}
    for reference in image.get("RepoTags") or []:
        name, _, tag = reference.rpartition(":")
        if name != NONE:
            tags.setdefault(name, []).append(tag)
    known: dict[str, list[str]] = {}
    for reference in image.get("RepoDigests") or []:
        name, _, digest = reference.partition("@")
        if name != NONE:
            known.setdefault(name, []).append(digest)
    found = [line for name, its in tags.items() for line in _tagged(name, its, known.pop(name, []), digests=digests)]
    found += [(name, NONE, digest) for name, its in known.items() for digest in its[: None if digests else 1]]
    return found or [(NONE, NONE, NONE)]


def _tagged(name: str, tags: list[str], known: list[str], *, digests: bool) -> list[tuple[str, str, str]]:
    shown = known[: None if digests else 1] or [NONE]
    return [(name, tag, digest) for tag in tags for digest in shown]


def images(*, trunc: bool, digests: bool = False) -> listing.Listing:
    """Return the listing of images."""
    shown = ["Repository", "Tag", *(["Digest"] if digests else []), "ID", "CreatedSince", "Size"]
    return listing.Listing("formatter.imageContext", fields(trunc=trunc), shown)


def run(context: Context, flags: Values, words: list[str]) -> int:
    """List the images."""
    wanted = formats.filters(flags["filter"]) or {}
    if words:
        wanted["reference"] = {**wanted.get("reference", {}), words[0]: True}
    found = context.client.get("/images/json", all=1 if flags["all"] else None, filters=wanted or None)
    found.sort(key=lambda image: image["Created"], reverse=True)
    digests = flags["digests"] or ".Digest" in flags["format"]
    shown = images(trunc=not flags["no-trunc"], digests=flags["digests"])
    quiet = "ID" if flags["quiet"] else ""
    formats.write(shown.show(lines(found, digests=digests), flags["format"], quiet=quiet, raw=RAW))
    return 0


COMMAND = Command(
    "images",
    "List images",
    "[OPTIONS] [REPOSITORY[:TAG]]",
    (
        Flag("all", "Show all images (default hides intermediate images)", short="a"),
        Flag("digests", "Show digests"),
        Flag(
            "filter", "Filter output based on conditions provided", short="f", kind="filter", check=formats.filter_check
        ),
        Flag("format", formats.TABLE_HELP, kind="string"),
        Flag("no-trunc", "Don't truncate output"),
        Flag("quiet", "Only show image IDs", short="q"),
        Flag("tree", "List multi-platform images as a tree (EXPERIMENTAL)", hidden=False),
    ),
    run,
    args=(0, 1),
    aliases="docker image ls, docker image list, docker images",
)
LS = COMMAND
