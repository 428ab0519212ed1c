"""`--network` and its relatives: the network mode and the endpoints of a create request."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .pflag import Values

NOT_ENDPOINTS = ("host", "none", "bridge")


def attachments(values: Values) -> list[dict[str, Any]]:
    """Read each --network; the single flags (--ip, --network-alias, …) belong to the first."""
    found = [dict(item) for item in values["network"]] or [{"name": "default"}]
    first = found[0]
    singles = [("aliases", "network-alias"), ("local", "link-local-ip")]
    if first["name"] not in ("default", "bridge"):
        singles.append(("links", "link"))
    for key, flag in singles:
        if values[flag]:
            first.setdefault(key, []).extend(values[flag])
    for key, flag in (("ip", "ip"), ("ip6", "ip6"), ("mac", "mac-address")):
        if values[flag]:
            if key in first:
                raise ValueError(f"conflicting options: cannot specify both --{flag} and per-network {flag}")
            first[key] = values[flag]
    return found


def attachment(text: str) -> dict[str, Any]:
    """Read `NAME` or `name=NAME,alias=A,ip=…`."""
    if "=" not in text:
        return {"name": text}
    made: dict[str, Any] = {}
    lists = {"alias": "aliases", "link-local-ip": "local"}
    plain = {"name": "name", "ip": "ip", "ip6": "ip6", "mac-address": "mac", "gw-priority": "priority"}
    for field in text.split(","):
        key, _, value = field.partition("=")
        key = key.strip().lower()
        if key in lists:
            made.setdefault(lists[key], []).append(value)
        elif key in plain:
            made[plain[key]] = value
        elif key == "driver-opt":
            name, _, option = value.partition("=")
            made.setdefault("options", {})[name] = option
        else:
            raise ValueError(f"invalid field key {key}")
    if not made.get("name"):
        raise ValueError("network name must be specified")
    return made


def mode(values: Values) -> str:
    """Give the network mode: the first network."""
    return str(attachments(values)[0]["name"])


def endpoints(values: Values) -> dict[str, Any]:
    """Write the endpoints by network name."""
    made: dict[str, Any] = {}
    for item in attachments(values):
        name = item["name"]
        bare = len(item) == 1
        if bare and (name in NOT_ENDPOINTS or name.startswith("container:")):
            continue
        if name in made:
            raise ValueError(f'network "{name}" is specified multiple times')
        made[name] = endpoint(item)
    return made


def endpoint(item: dict[str, Any]) -> dict[str, Any]:
    """Write one endpoint."""
    addresses: dict[str, Any] = {}
    for key, field in (("ip", "IPv4Address"), ("ip6", "IPv6Address")):
        if key in item:
            addresses[field] = item[key]
    if "local" in item:
        addresses["LinkLocalIPs"] = item["local"]
    made = {
        "IPAMConfig": addresses or None,
        "Links": item.get("links"),
        "Aliases": item.get("aliases"),
        "MacAddress": item.get("mac", ""),
        "DriverOpts": item.get("options"),
    }
    return made | ({"GwPriority": int(item["priority"])} if "priority" in item else {})
