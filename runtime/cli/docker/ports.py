"""`-p` and `--expose`: from Docker's short notation to port maps."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Bindings = dict[str, list[dict[str, str]]]


def port_range(text: str) -> tuple[int, int]:
    """Read `80` or `80-90`; ValueError for anything else."""
    first, dash, last = text.partition("-")
    low, high = int(first), int(last) if dash else int(first)
    if not (0 <= low <= high <= 65535) or not first.isdigit():
        raise ValueError(text)
    return low, high


def published(specs: Iterable[str]) -> tuple[dict[str, dict[str, str]], Bindings]:
    """Give the exposed ports and the bindings of all -p flags."""
    exposed: dict[str, dict[str, str]] = {}
    bindings: Bindings = {}
    for spec in specs:
        for port, binding in one(long_form(spec) if "=" in spec else spec):
            exposed[port] = {}
            bindings.setdefault(port, []).append(binding)
    return exposed, bindings


def long_form(spec: str) -> str:
    """Turn `published=8080,target=80,protocol=udp` into the short form."""
    fields = {"protocol": "tcp", "published": "", "target": ""}
    for field in spec.split(","):
        name, _, value = field.partition("=")
        if name not in fields or not value:
            raise ValueError(f"invalid publish opts format (should be name=value but got '{field}')")
        fields[name] = value
    return f"{fields['published']}:{fields['target']}/{fields['protocol']}"


def split(spec: str) -> tuple[str, str, str]:
    """Split into address, host port and container port."""
    *front, last = spec.split(":")
    host = front.pop() if front else ""
    return ":".join(front), host, last


def one(spec: str) -> list[tuple[str, dict[str, str]]]:
    """Read one `[ip:][host]:container[/proto]`."""
    body, slash, protocol = spec.partition("/")
    protocol = protocol.lower() if slash and protocol else "tcp"
    address, host, container = split(body)
    address = check_address(address)
    if not container:
        raise ValueError(f"no port specified: {spec}<empty>")
    low, high = checked_range(container, "containerPort")
    host_low, host_high = checked_range(host, "hostPort") if host else (0, 0)
    if host and high - low != host_high - host_low and low != high:
        raise ValueError(f"invalid ranges specified for container and host Ports: {container} and {host}")
    if protocol not in ("tcp", "udp", "sctp"):
        raise ValueError(f"invalid proto: {protocol}")
    result = []
    for offset in range(high - low + 1):
        text = str(host_low + offset) if host else ""
        if host and low == high and host_low != host_high:
            text = f"{host_low}-{host_high}"
        result.append((f"{low + offset}/{protocol}", {"HostIp": address, "HostPort": text}))
    return result


def checked_range(text: str, name: str) -> tuple[int, int]:
    """Read a range or say which one is wrong."""
    try:
        return port_range(text)
    except ValueError:
        raise ValueError(f"invalid {name}: {text}") from None


def check_address(text: str) -> str:
    """Check the address part, brackets of IPv6 removed."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not bare:
        return ""
    import ipaddress

    try:
        ipaddress.ip_address(bare)
    except ValueError:
        raise ValueError(f"invalid IP address: {text}") from None
    return bare


def exposed(specs: Iterable[str]) -> dict[str, dict[str, str]]:
    """Read all --expose flags."""
    ports: dict[str, dict[str, str]] = {}
    for spec in specs:
        if ":" in spec:
            raise ValueError(f"invalid port format for --expose: {spec}")
        body, _, protocol = spec.partition("/")
        try:
            low, high = port_range(body)
        except ValueError:
            problem = f'strconv.ParseUint: parsing "{body}": invalid syntax'
            raise ValueError(f"invalid range format for --expose: {spec}, error: {problem}") from None
        ports |= {f"{port}/{protocol or 'tcp'}": {} for port in range(low, high + 1)}
    return ports
