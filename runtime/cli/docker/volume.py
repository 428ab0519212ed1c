"""docker volume create, ls, rm"""

from __future__ import annotations

from ...client import volumes
from . import container_body, failure, formats, listing, port, ps, units
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

CREATE_FLAGS = (
    Flag("driver", "Specify volume driver name", short="d", kind="string", default="local"),
    Flag("label", "Set metadata for a volume", kind="list"),
    Flag("opt", "Set driver specific options", short="o", kind="map", shown="map[]"),
    Flag("name", "Specify volume name", kind="string", hidden=True),
)
RAW = "name: {{.Name}}\ndriver: {{.Driver}}\n"


def create(context: Context, values: Values, arguments: list[str]) -> int:
    """Create a volume and print its name."""
    body = {"Name": arguments[0] if arguments else values["name"], "Driver": values["driver"]}
    for flag, key in (("opt", "DriverOpts"), ("label", "Labels")):
        if values[flag]:
            body[key] = container_body.pairs(values[flag])
    context.out(volumes.create(context.client, body)["Name"])
    return 0


FIELDS: listing.Fields = {
    "Driver": ("DRIVER", lambda v: v.get("Driver", "")),
    "Name": ("VOLUME NAME", lambda v: v["Name"]),
    "Scope": ("SCOPE", lambda v: v.get("Scope", "")),
    "Mountpoint": ("MOUNTPOINT", lambda v: v.get("Mountpoint", "")),
    "Links": ("LINKS", lambda v: str((v.get("UsageData") or {}).get("RefCount", "N/A"))),
    "Size": ("SIZE", lambda v: units.size(v["UsageData"]["Size"]) if v.get("UsageData") else "N/A"),
    "Labels": ("LABELS", ps.labels),
    "Availability": ("AVAILABILITY", lambda v: "N/A"),
    "Group": ("GROUP", lambda v: "N/A"),
    "Status": ("STATUS", lambda v: "N/A"),
}


def ls(context: Context, values: Values, arguments: list[str]) -> int:
    """List volumes by name."""
    found = volumes.all_(context.client, formats.filters(values["filter"])) or {}
    rows = sorted(found.get("Volumes") or [], key=lambda volume: port.natural(volume["Name"]))
    shown = listing.Listing("formatter.volumeContext", FIELDS, ["Driver", "Name"])
    form = values["format"] or str(context.config.get("volumesFormat") or "")
    formats.write(shown.show(rows, form, quiet="Name" if values["quiet"] else "", raw=RAW))
    return 0


def remove(context: Context, values: Values, arguments: list[str]) -> int:
    """Remove volumes."""

    def act(name: str) -> str:
        volumes.remove(context.client, name, force=values["force"])
        return name

    return failure.each(context, arguments, act)


CREATE = Command("create", "Create a volume", "[OPTIONS] [VOLUME]", CREATE_FLAGS, create, args=(0, 1))
LS = Command(
    "ls",
    "List volumes",
    "[OPTIONS]",
    (
        Flag(
            "filter",
            'Provide filter values (e.g. "dangling=true")',
            short="f",
            kind="filter",
            check=formats.filter_check,
        ),
        Flag("format", formats.TABLE_HELP, kind="string"),
        Flag("quiet", "Only display volume names", short="q"),
    ),
    ls,
    aliases="docker volume ls, docker volume list",
)
RM = Command(
    "rm",
    "Remove one or more volumes",
    "[OPTIONS] VOLUME [VOLUME...]",
    (Flag("force", "Force the removal of one or more volumes", short="f"),),
    remove,
    args=(1, None),
    aliases="docker volume rm, docker volume remove",
    description="Remove one or more volumes. You cannot remove a volume that is in use by a container.",
)
