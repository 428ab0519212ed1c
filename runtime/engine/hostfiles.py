"""The three files by which a container knows itself and others: hosts, hostname, resolv.conf.

They are written on the host at every start and bound over those of the image, so that they are right even if
the image has none. Manual: hosts(5), hostname(5), resolv.conf(5).
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..model.container import Container, Endpoint

JSON = dict[str, Any]

_LOCAL = (
    ("127.0.0.1", "localhost"),
    ("::1", "localhost ip6-localhost ip6-loopback"),
    ("fe00::0", "ip6-localnet"),
    ("ff00::0", "ip6-mcastprefix"),
    ("ff02::1", "ip6-allnodes"),
    ("ff02::2", "ip6-allrouters"),
)
DEFAULT_SERVERS = ("8.8.8.8", "8.8.4.4")  # Docker's, where the host's own cannot be reached from a container
_RESOLV = Path("/etc/resolv.conf")
_BEHIND_STUB = Path("/run/systemd/resolve/resolv.conf")  # the real servers behind systemd-resolved's 127.0.0.53


def write(folder: Path, container: Container, endpoints: Mapping[str, Endpoint]) -> None:
    """Write the files of a container that is about to start."""
    mode = container.host.get("NetworkMode") or "default"
    if mode.startswith("container:"):
        _share(folder, folder.parent / mode.removeprefix("container:"))
        return
    name = container.config.get("Hostname") or container.id[:12]
    put(folder / "hostname", f"{name}\n")
    put(folder / "hosts", _hosts(container, endpoints) if mode != "host" else _host_hosts(container))
    if mode == "host" and not _asks_for_servers(container.host):
        put(folder / "resolv.conf", _read(_RESOLV))
    else:
        put(folder / "resolv.conf", resolv_conf(container.host, _host_resolv()))


def _share(folder: Path, other: Path) -> None:
    """A container in another's network goes by the other's names."""
    for name in ("hostname", "hosts", "resolv.conf"):
        put(folder / name, _read(other / name))


def put(path: Path, text: str) -> None:
    """Write a file in place: it may be bound into a container that runs, and a bind keeps the file, not the name."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _host_resolv() -> str:
    text = _read(_RESOLV)
    if set(_values(text, "nameserver")) == {"127.0.0.53"}:
        return _read(_BEHIND_STUB) or text
    return text


def _hosts(container: Container, endpoints: Mapping[str, Endpoint]) -> str:
    name = container.config.get("Hostname") or container.id[:12]
    domain = container.config.get("Domainname")
    own = f"{name}.{domain} {name}" if domain else name
    connected = [endpoint for endpoint in endpoints.values() if endpoint.address]
    gateway = next((endpoint.gateway for endpoint in connected), "")
    entries = [*_LOCAL, *extra(container.host, gateway), *((endpoint.address, own) for endpoint in connected)]
    return "".join(f"{address}\t{names}\n" for address, names in entries)


def _host_hosts(container: Container) -> str:
    more = "".join(f"{address}\t{names}\n" for address, names in extra(container.host, "127.0.0.1"))
    return _read(Path("/etc/hosts")) + more


def extra(host: JSON, gateway: str) -> list[tuple[str, str]]:
    """Give the entries of --add-host (NAME:ADDRESS); the address host-gateway is the host's side of the network."""
    split = (entry.partition(":") for entry in host.get("ExtraHosts") or ())
    return [(gateway if address == "host-gateway" else address.strip("[]"), name) for name, _colon, address in split]


def _asks_for_servers(host: JSON) -> bool:
    return any(host.get(field) for field in ("Dns", "DnsSearch", "DnsOptions"))


def resolv_conf(host: JSON, machine: str) -> str:
    """Give resolv.conf: what --dns, --dns-search and --dns-opt ask for, and for the rest what the machine has.

    The machine's servers on loopback addresses are left out: in the container, loopback is the container.
    """
    servers = list(host.get("Dns") or [one for one in _values(machine, "nameserver") if not _loopback(one)])
    search = host.get("DnsSearch") or _words(machine, "search")
    options = host.get("DnsOptions") or _words(machine, "options")
    lines = [f"nameserver {server}" for server in servers or DEFAULT_SERVERS]
    if search and list(search) != ["."]:
        lines.append("search " + " ".join(search))
    if options:
        lines.append("options " + " ".join(options))
    return "\n".join(lines) + "\n"


def _values(text: str, keyword: str) -> Iterable[str]:
    split = (line.split() for line in text.splitlines())
    return [words[1] for words in split if len(words) > 1 and words[0] == keyword]


def _words(text: str, keyword: str) -> list[str]:
    """Give the words of the last line with a keyword; later lines replace earlier ones (resolv.conf(5))."""
    found: list[str] = []
    for line in text.splitlines():
        words = line.split()
        if words and words[0] == keyword:
            found = words[1:]
    return found


def _loopback(server: str) -> bool:
    try:
        return ipaddress.ip_address(server.partition("%")[0]).is_loopback
    except ValueError:
        return False
