"""`docker system df`: what takes room on the disk."""

from __future__ import annotations

from . import formats, images, listing, ps, units
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .context import Context
    from .pflag import Values

    Usage = dict[str, Any]


def summary(usage: Usage) -> list[dict[str, str]]:
    """Return one line per kind of thing: how many, how many in use, how much room, how much of it could be had back."""
    return [_images(usage), _containers(usage), _volumes(usage), _cache(usage)]


def _line(kind: str, total: int, active: int, size: float, free: float) -> dict[str, str]:
    share = f" ({int(free * 100 / size)}%)" if size > 0 else ""
    return {
        "Type": kind,
        "TotalCount": str(total),
        "Active": str(active),
        "Size": units.size(size),
        "Reclaimable": f"{units.size(free)}{share}",
    }


def _images(usage: Usage) -> dict[str, str]:
    found, size = usage.get("Images") or [], usage.get("LayersSize") or 0
    used = [image for image in found if image.get("Containers", 0) > 0]
    kept = sum(image["Size"] - max(image.get("SharedSize", 0), 0) for image in used if image["Size"] >= 0)
    return _line("Images", len(found), len(used), size, size - kept)


def _containers(usage: Usage) -> dict[str, str]:
    found = usage.get("Containers") or []
    busy = [c for c in found if c.get("State") in ("running", "paused", "restarting")]
    size = sum(c.get("SizeRw") or 0 for c in found)
    return _line("Containers", len(found), len(busy), size, size - sum(c.get("SizeRw") or 0 for c in busy))


def _volumes(usage: Usage) -> dict[str, str]:
    found = [volume.get("UsageData") or {} for volume in usage.get("Volumes") or []]
    sizes = [(max(data.get("Size", 0), 0), data.get("RefCount", 0)) for data in found]
    free = sum(size for size, links in sizes if links == 0)
    return _line("Local Volumes", len(found), sum(links > 0 for _, links in sizes), sum(s for s, _ in sizes), free)


def _cache(usage: Usage) -> dict[str, str]:
    found = usage.get("BuildCache") or []
    busy = [item for item in found if item.get("InUse")]
    size = sum(item.get("Size", 0) for item in found if not item.get("Shared"))
    line = _line("Build Cache", len(found), len(busy), size, size - sum(i["Size"] for i in busy if not i.get("Shared")))
    return line | {"Reclaimable": line["Reclaimable"].partition(" ")[0]}


def _get(name: str) -> Callable[[Any], str]:
    return lambda line: line[name]


SUMMARY = listing.Listing(
    "formatter.diskUsageImagesContext",
    {
        "Type": ("TYPE", _get("Type")),
        "TotalCount": ("TOTAL", _get("TotalCount")),
        "Active": ("ACTIVE", _get("Active")),
        "Size": ("SIZE", _get("Size")),
        "Reclaimable": ("RECLAIMABLE", _get("Reclaimable")),
    },
    ["Type", "TotalCount", "Active", "Size", "Reclaimable"],
)
RAW = "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n"


def volume_fields() -> listing.Fields:
    """Return what a volume's line can show."""
    return {
        "Name": ("VOLUME NAME", lambda v: v["Name"]),
        "Driver": ("DRIVER", lambda v: v["Driver"]),
        "Scope": ("SCOPE", lambda v: v.get("Scope", "")),
        "Mountpoint": ("MOUNTPOINT", lambda v: v.get("Mountpoint", "")),
        "Labels": ("LABELS", ps.labels),
        "Links": ("LINKS", lambda v: str(v["UsageData"]["RefCount"]) if v.get("UsageData") else "N/A"),
        "Size": ("SIZE", lambda v: units.size(v["UsageData"]["Size"]) if v.get("UsageData") else "N/A"),
        "Group": ("GROUP", lambda v: "N/A"),
        "Availability": ("AVAILABILITY", lambda v: "N/A"),
        "Status": ("STATUS", lambda v: "N/A"),
    }


def _ago(stamp: str | None) -> str:
    return units.ago(units.seconds(stamp)) if stamp else ""


def cache_fields() -> listing.Fields:
    """Return what a build cache's line can show."""
    return {
        "ID": ("CACHE ID", lambda b: units.short(b["ID"]) + ("*" if b.get("InUse") else "")),
        "Parent": ("PARENT", lambda b: (b.get("Parents") or [b.get("Parent", "")])[0]),
        "CacheType": ("CACHE TYPE", lambda b: b.get("Type", "")),
        "Size": ("SIZE", lambda b: units.size3(b.get("Size", 0))),
        "CreatedSince": ("CREATED", lambda b: _ago(b.get("CreatedAt"))),
        "LastUsedSince": ("LAST USED", lambda b: _ago(b.get("LastUsedAt"))),
        "UsageCount": ("USAGE", lambda b: str(b.get("UsageCount", 0))),
        "InUse": ("IN USE", lambda b: str(bool(b.get("InUse"))).lower()),
        "Shared": ("SHARED", lambda b: str(bool(b.get("Shared"))).lower()),
        "Description": ("DESCRIPTION", lambda b: b.get("Description", "")),
    }


def _image_lines(usage: Usage) -> list[dict[str, Any]]:
    """Return one line per image, under its first name."""
    first = [next(iter(images.lines([image]))) for image in usage.get("Images") or []]
    return [line | {"digest": line["digest"].replace("<none>", "")} for line in first]


def _containers_of(usage: Usage) -> list[dict[str, Any]]:
    """Return the containers with the size of their own layer only."""
    return [container | {"SizeRootFs": 0} for container in usage.get("Containers") or []]


IMAGE = ["Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers"]
CONTAINER = ["ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names"]
CACHE = ["ID", "CacheType", "Size", "CreatedSince", "LastUsedSince", "UsageCount", "Shared"]


def verbose(usage: Usage) -> str:
    """Return every thing with its size, kind by kind."""
    pictures = listing.Listing("formatter.imageContext", images.fields(trunc=True), IMAGE).show(_image_lines(usage))
    boxes = listing.Listing("formatter.ContainerContext", ps.fields(trunc=True), CONTAINER).show(_containers_of(usage))
    volumes = listing.Listing("formatter.volumeContext", volume_fields(), ["Name", "Links", "Size"])
    disks = volumes.show(usage.get("Volumes") or [])
    cache = listing.Listing("formatter.buildCacheContext", cache_fields(), CACHE).show(usage.get("BuildCache") or [])
    size = units.size(sum(item.get("Size", 0) for item in usage.get("BuildCache") or [] if not item.get("Shared")))
    return (
        f"Images space usage:\n\n{pictures}\nContainers space usage:\n\n{boxes}\n"
        f"Local Volumes space usage:\n\n{disks}\nBuild cache usage: {size}\n\n{cache}"
    )


def _everything(usage: Usage) -> dict[str, Any]:
    """Return what a template of `-v` sees."""
    rows = {
        "Images": (images.fields(trunc=False), _image_lines(usage)),
        "Containers": (ps.fields(trunc=False), _containers_of(usage)),
        "Volumes": (volume_fields(), usage.get("Volumes") or []),
        "BuildCache": (cache_fields(), usage.get("BuildCache") or []),
    }
    return {
        kind: [dict(sorted((name, value(line)) for name, (_, value) in fields.items())) for line in lines]
        for kind, (fields, lines) in rows.items()
    }


def _verbose_format(usage: Usage, form: str) -> str:
    """Return everything as JSON or through a template; Docker ends neither with a line end."""
    if form == "json":
        import json

        text = json.dumps(_everything(usage), ensure_ascii=False, separators=(",", ":"))
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    from . import templates

    try:
        return formats.template(form).render(_everything(usage))
    except templates.TemplateError as error:
        raise listing.FormatError(f"template parsing error: {error}") from None


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Ask for the usage and show it."""
    usage = context.client.get("/system/df")
    form = flags["format"]
    if flags["verbose"] and form not in ("", "table"):
        formats.write(_verbose_format(usage, form))
        return 0
    formats.write(verbose(usage) if flags["verbose"] else SUMMARY.show(summary(usage), form, raw=RAW))
    return 0


COMMAND = Command(
    "df",
    "Show docker disk usage",
    "[OPTIONS]",
    (
        Flag("format", formats.TABLE_HELP, kind="string"),
        Flag("verbose", "Show detailed information on space usage", short="v"),
    ),
    run,
)
