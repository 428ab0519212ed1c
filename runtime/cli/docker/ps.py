"""`docker ps`: list containers."""

from __future__ import annotations

from . import formats, listing, units
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values

RAW = (
    "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\nstate: {{.State}}\n"
    "status: {{.Status}}\nnames: {{.Names}}\nlabels: {{- if .Labels}} {{.Labels}}{{end}}\n"
    "ports: {{- if .Ports}} {{.Ports}}{{end}}\n"
)


def fields(*, trunc: bool) -> listing.Fields:
    """Return what a container's line can show."""
    return {
        "ID": ("CONTAINER ID", lambda c: units.short(c["Id"]) if trunc else c["Id"]),
        "Names": ("NAMES", lambda c: names(c, trunc=trunc)),
        "Image": ("IMAGE", lambda c: image(c, trunc=trunc)),
        "Command": ("COMMAND", lambda c: quoted(units.ellipsis(c.get("Command", ""), 20) if trunc else c["Command"])),
        "CreatedAt": ("CREATED AT", lambda c: units.local(c["Created"])),
        "RunningFor": ("CREATED", lambda c: units.ago(c["Created"])),
        "Ports": ("PORTS", lambda c: ports(c.get("Ports") or [])),
        "State": ("STATE", lambda c: c.get("State", "")),
        "Status": ("STATUS", lambda c: c.get("Status", "")),
        "Size": ("SIZE", size),
        "Labels": ("LABELS", labels),
        "Mounts": ("MOUNTS", lambda c: mounts(c, trunc=trunc)),
        "LocalVolumes": ("LOCAL VOLUMES", lambda c: str(local_volumes(c))),
        "Networks": ("NETWORKS", lambda c: ",".join(sorted((c.get("NetworkSettings") or {}).get("Networks") or {}))),
        "Platform": ("PLATFORM", lambda c: None),
    }


def quoted(text: str) -> str:
    """Quote as Go's strconv.Quote does."""
    import json

    return json.dumps(text, ensure_ascii=False)


def names(container: dict[str, Any], *, trunc: bool) -> str:
    """Return the names without their slash; truncated, only those that are no link's alias."""
    all_names = [name.removeprefix("/") for name in container.get("Names") or []]
    if trunc:
        all_names = [name for name in all_names if "/" not in name]
    return ",".join(all_names)


def image(container: dict[str, Any], *, trunc: bool) -> str:
    """Return the image as the user named it; an id is cut short."""
    name = str(container.get("Image") or "")
    if not name:
        return "<no image>"
    if trunc and units.short(container.get("ImageID", "")) == units.short(name):
        return units.short(name)
    return name.partition("@")[0] if trunc and "@" in name else name


def size(container: dict[str, Any]) -> str:
    """Return the size of the writable layer and, when there is one, of everything."""
    virtual = container.get("SizeRootFs") or 0
    own = units.size3(container.get("SizeRw") or 0)
    return f"{own} (virtual {units.size3(virtual)})" if virtual > 0 else own


def labels(thing: dict[str, Any]) -> str:
    """Return labels as `key=value`, sorted."""
    return ",".join(sorted(f"{key}={value}" for key, value in (thing.get("Labels") or {}).items()))


def mounts(container: dict[str, Any], *, trunc: bool) -> str:
    """Return the volumes' names or the folders of a container's mounts."""
    shown = [mount.get("Name") or mount.get("Source", "") for mount in container.get("Mounts") or []]
    return ",".join(units.ellipsis(name, 15) if trunc else name for name in shown)


def local_volumes(container: dict[str, Any]) -> int:
    """Count the mounts that are local volumes."""
    return sum(mount.get("Driver") == "local" for mount in container.get("Mounts") or [])


def ports(entries: list[dict[str, Any]]) -> str:
    """Return ports as `0.0.0.0:8080->80/tcp`, runs of the same kind joined to ranges."""
    ordered = sorted(entries, key=_port_order)
    runs: dict[str, list[int]] = {}
    order: list[str] = []
    shown, mappings = [], []
    for port in ordered:
        private, public, kind = port["PrivatePort"], port.get("PublicPort", 0), port.get("Type", "")
        key = f"{port['IP']}/{kind}" if port.get("IP") else kind
        if port.get("IP") and private != public:
            mappings.append(f"{_host(port['IP'])}:{public}->{private}/{kind}")
        elif key not in runs:
            order.append(key)
            runs[key] = [private, private]
        elif private == runs[key][1] + 1:
            runs[key][1] = private
        else:
            shown.append(_run(key, *runs[key]))
            runs[key] = [private, private]
    return ", ".join(shown + [_run(key, *runs[key]) for key in order] + mappings)


def _port_order(port: dict[str, Any]) -> tuple[int, str, int, str]:
    return port["PrivatePort"], port.get("IP", ""), port.get("PublicPort", 0), port.get("Type", "")


def _run(key: str, first: int, last: int) -> str:
    address, _, kind = key.rpartition("/")
    span = str(first) if first == last else f"{first}-{last}"
    return f"{_host(address)}:{span}->{span}/{kind}" if address else f"{span}/{kind}"


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def containers(*, trunc: bool, sizes: bool) -> listing.Listing:
    """Return the listing of containers."""
    shown = ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"]
    found = listing.Listing("formatter.ContainerContext", fields(trunc=trunc), shown + ["Size"] * sizes)
    found.failures = ("failed to parse template", "failed to execute template")
    return found


def run(context: Context, flags: Values, words: list[str]) -> int:
    """List the containers."""
    limit = 1 if flags["latest"] and flags["last"] == -1 else flags["last"]
    form = flags["format"]
    query: dict[str, Any] = {"all": 1 if flags["all"] else None, "limit": limit if limit > 0 else None}
    sizes = flags["size"] or (".Size" in form and "size" not in flags.changed)
    found = context.client.get(
        "/containers/json", **query, size=1 if sizes else None, filters=formats.filters(flags["filter"])
    )
    shown = containers(trunc=not flags["no-trunc"], sizes=flags["size"])
    raw = RAW + ("size: {{.Size}}\n" * flags["size"])
    formats.write(shown.show(found, form, quiet="ID" if flags["quiet"] else "", raw=raw))
    return 0


COMMAND = Command(
    "ps",
    "List containers",
    "[OPTIONS]",
    (
        Flag("all", "Show all containers (default shows just running)", short="a"),
        Flag(
            "filter", "Filter output based on conditions provided", short="f", kind="filter", check=formats.filter_check
        ),
        Flag("format", formats.TABLE_HELP, kind="string"),
        Flag(
            "last",
            "Show n last created containers (includes all states)",
            short="n",
            kind="int",
            default=-1,
            shown="-1",
        ),
        Flag("latest", "Show the latest created container (includes all states)", short="l"),
        Flag("no-trunc", "Don't truncate output"),
        Flag("quiet", "Only display container IDs", short="q"),
        Flag("size", "Display total file sizes", short="s"),
    ),
    run,
    args=(0, 0),
    aliases="docker container ls, docker container list, docker container ps, docker ps",
)
