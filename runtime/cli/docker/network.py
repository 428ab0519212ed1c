"""docker network create, ls, rm, connect, disconnect"""

from __future__ import annotations

from ...client import networks
from ...client.api import ApiError
from . import container_body, failure, formats, listing, ps, units
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values

CREATE_FLAGS = (
    Flag("attachable", "Enable manual container attachment"),
    Flag("aux-address", "Auxiliary IPv4 or IPv6 addresses used by Network driver", kind="map", shown="map[]"),
    Flag("config-from", "The network from which to copy the configuration", kind="string"),
    Flag("config-only", "Create a configuration only network"),
    Flag("driver", "Driver to manage the Network", short="d", kind="string", default="bridge"),
    Flag("gateway", "IPv4 or IPv6 Gateway for the master subnet", kind="strings"),
    Flag("ingress", "Create swarm routing-mesh network"),
    Flag("internal", "Restrict external access to the network"),
    Flag("ip-range", "Allocate container ip from a sub-range", kind="strings"),
    Flag("ipam-driver", "IP Address Management Driver", kind="string", default="default"),
    Flag("ipam-opt", "Set IPAM driver specific options", kind="map", shown="map[]"),
    Flag("ipv4", "Enable or disable IPv4 address assignment", default=True),
    Flag("ipv6", "Enable or disable IPv6 address assignment"),
    Flag("label", "Set metadata on a network", kind="list"),
    Flag("opt", "Set driver specific options", short="o", kind="map", shown="map[]"),
    Flag("scope", "Control the network's scope", kind="string"),
    Flag("subnet", "Subnet in CIDR format that represents a network segment", kind="strings"),
)
RAW = "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n"


def create(context: Context, values: Values, arguments: list[str]) -> int:
    """Create a network and print its id."""
    ipam = {
        "Driver": values["ipam-driver"],
        "Options": container_body.pairs(values["ipam-opt"]),
        "Config": pools(values),
    }
    body = {
        "Name": arguments[0],
        "CheckDuplicate": True,
        "Driver": values["driver"],
        "Scope": values["scope"],
        "EnableIPv6": values["ipv6"],
        "IPAM": ipam,
        "Internal": values["internal"],
        "Attachable": values["attachable"],
        "Ingress": values["ingress"],
        "ConfigOnly": values["config-only"],
        "ConfigFrom": {"Network": values["config-from"]} if values["config-from"] else None,
        "Options": container_body.pairs(values["opt"]),
        "Labels": container_body.pairs(values["label"]),
    }
    if "ipv4" in values.changed:
        body["EnableIPv4"] = values["ipv4"]
    made = networks.create(context.client, body)
    if made.get("Warning"):
        context.warn(f"WARNING: {made['Warning']}")
    context.out(made["Id"])
    return 0


def pools(values: Values) -> list[dict[str, Any]]:
    """Match ranges, gateways and reserved addresses to their subnets."""
    made: list[dict[str, Any]] = [{"Subnet": text} for text in values["subnet"]]
    if not any(values[flag] for flag in ("ip-range", "gateway", "aux-address")):
        return made
    import ipaddress

    try:
        subnets = [ipaddress.ip_network(text, strict=False) for text in values["subnet"]]
        for flag, key in (("ip-range", "IPRange"), ("gateway", "Gateway")):
            for text in values[flag]:
                address = ipaddress.ip_interface(text).ip
                made[position(subnets, address, flag, text)][key] = text
        for name, text in container_body.pairs(values["aux-address"]).items():
            at = position(subnets, ipaddress.ip_address(text), "aux-address", text)
            made[at].setdefault("AuxiliaryAddresses", {})[name] = text
    except ValueError as error:
        raise CliError(f"invalid address: {error}") from None
    return made


def position(subnets: list[Any], address: Any, flag: str, text: str) -> int:
    """Find the subnet an address belongs to."""
    for at, subnet in enumerate(subnets):
        if address in subnet:
            return at
    if not subnets and flag == "ip-range":
        raise CliError("every ip-range or gateway must have a corresponding subnet")
    raise CliError(f"no matching subnet for {flag} {text}")


FIELDS: listing.Fields = {
    "ID": ("NETWORK ID", lambda n: units.short(n["Id"])),
    "Name": ("NAME", lambda n: n["Name"]),
    "Driver": ("DRIVER", lambda n: n.get("Driver", "")),
    "Scope": ("SCOPE", lambda n: n.get("Scope", "")),
    "IPv4": ("IPV4", lambda n: str(n.get("EnableIPv4", False)).lower()),
    "IPv6": ("IPV6", lambda n: str(n.get("EnableIPv6", False)).lower()),
    "Internal": ("INTERNAL", lambda n: str(n.get("Internal", False)).lower()),
    "Labels": ("LABELS", ps.labels),
    "CreatedAt": ("CREATED AT", lambda n: formats.moment(n["Created"])),
}


def ls(context: Context, values: Values, arguments: list[str]) -> int:
    """List networks by name."""
    from .port import natural

    rows = sorted(networks.all_(context.client, formats.filters(values["filter"])), key=lambda n: natural(n["Name"]))
    fields = FIELDS | {"ID": ("NETWORK ID", lambda n: n["Id"])} if values["no-trunc"] else FIELDS
    shown = listing.Listing("network.networkContext", fields, ["ID", "Name", "Driver", "Scope"])
    form = values["format"] or str(context.config.get("networksFormat") or "")
    formats.write(shown.show(rows, form, quiet="ID" if values["quiet"] else "", raw=RAW))
    return 0


def remove(context: Context, values: Values, arguments: list[str]) -> int:
    """Remove networks."""
    failed = False
    for name in arguments:
        try:
            networks.remove(context.client, name)
        except ApiError as error:
            if values["force"] and error.status == 404:
                continue
            context.warn(failure.text(error))
            failed = True
            continue
        context.out(name)
    if failed:
        raise CliError("exit status 1")
    return 0


def connect(context: Context, values: Values, arguments: list[str]) -> int:
    """Connect a container to a network."""
    addresses = {"IPv4Address": values["ip"], "IPv6Address": values["ip6"], "LinkLocalIPs": values["link-local-ip"]}
    endpoint = {
        "IPAMConfig": {key: value for key, value in addresses.items() if value},
        "Links": values["link"] or None,
        "Aliases": values["alias"] or None,
        "DriverOpts": container_body.pairs(values["driver-opt"]) or None,
    }
    if values["gw-priority"]:
        endpoint["GwPriority"] = values["gw-priority"]
    networks.connect(context.client, arguments[0], {"Container": arguments[1], "EndpointConfig": endpoint})
    return 0


def disconnect(context: Context, values: Values, arguments: list[str]) -> int:
    """Disconnect a container from a network."""
    networks.disconnect(context.client, arguments[0], arguments[1], force=values["force"])
    return 0


CREATE = Command("create", "Create a network", "[OPTIONS] NETWORK", CREATE_FLAGS, create, args=(1, 1))
LS = Command(
    "ls",
    "List networks",
    "[OPTIONS]",
    (
        Flag(
            "filter",
            'Provide filter values (e.g. "driver=bridge")',
            short="f",
            kind="filter",
            check=formats.filter_check,
        ),
        Flag("format", formats.TABLE_HELP, kind="string"),
        Flag("no-trunc", "Do not truncate the output"),
        Flag("quiet", "Only display network IDs", short="q"),
    ),
    ls,
    aliases="docker network ls, docker network list",
)
RM = Command(
    "rm",
    "Remove one or more networks",
    "NETWORK [NETWORK...]",
    (Flag("force", "Do not error if the network does not exist", short="f"),),
    remove,
    args=(1, None),
    aliases="docker network rm, docker network remove",
)
CONNECT = Command(
    "connect",
    "Connect a container to a network",
    "[OPTIONS] NETWORK CONTAINER",
    (
        Flag("alias", "Add network-scoped alias for the container", kind="strings"),
        Flag("driver-opt", "driver options for the network", kind="strings"),
        Flag(
            "gw-priority",
            "Highest gw-priority provides the default gateway. Accepts positive and negative values.",
            kind="int",
        ),
        Flag("ip", 'IPv4 address (e.g., "172.30.100.104")', kind="string"),
        Flag("ip6", 'IPv6 address (e.g., "2001:db8::33")', kind="string"),
        Flag("link", "Add link to another container", kind="list"),
        Flag("link-local-ip", "Add a link-local address for the container", kind="strings"),
    ),
    connect,
    args=(2, 2),
)
DISCONNECT = Command(
    "disconnect",
    "Disconnect a container from a network",
    "[OPTIONS] NETWORK CONTAINER",
    (Flag("force", "Force the container to disconnect from a network", short="f"),),
    disconnect,
    args=(2, 2),
)
