"""The default bridge on this machine: made, found again, taken down. Called from one thread only.

Design note. Source of truth: the kernel; a bridge is ours when its alias (`ip link`) names our exec root. What a
restart must repair: nothing, `start` finds the bridge with the containers that live on it. A namespace is held by
a descriptor and by the processes in it, so when those are gone the kernel removes the cable, too.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import os
import secrets

from ..kernel.netlink import Netlink
from ..model.container import Endpoint
from ..model.network import Sandbox
from ..primitives import networks
from ..primitives.networks import firewall
from . import addresses

NAME = "docklab0"
AT_A_START = 3  # abandoned bridges that one start clears: each takes the kernel some 40 ms
MARK = "docklab"  # first word of our bridges' alias; the second is the exec root


class Bridge:
    """One daemon's bridge and the cables to it."""

    def __init__(self, owner: str) -> None:
        self._alias = f"{MARK} {owner}"
        self._other_name = "docklab" + hashlib.sha256(owner.encode()).hexdigest()[:7]
        self.name = NAME
        self.index = 0

    def start(self, wanted: str, before: str) -> ipaddress.IPv4Interface:
        """Have the bridge up with an address: `wanted` if given, else what it has, else `before`, else a free one."""
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._host = Netlink()
        found = self._find()
        gateway = self._gateway(found, wanted, before)
        if found is None:
            mac = "02:42:" + ":".join(f"{byte:02x}" for byte in secrets.token_bytes(4))
            self._host.do(networks.add_bridge(self.name, mac), networks.set_alias(self.name, self._alias))
            found = next(link for link in networks.links(self._host) if link.name == self.name)
            self._host.do(networks.add_address(found.index, str(gateway.ip), gateway.network.prefixlen))
        self.index = found.index
        with open("/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as file:
            file.write("1")
        firewall.masquerade(self.name, self.name, str(gateway.network))
        firewall.pass_through(self.name)
        return gateway

    def _find(self) -> networks.Link | None:
        """Find our bridge, or choose a name that nobody else has taken."""
        by_name = {link.name: link for link in networks.links(self._host)}
        self._clear_abandoned(by_name)
        for name in (NAME, self._other_name):
            if name in by_name and by_name[name].alias == self._alias:
                self.name = name
                return by_name[name]
        self.name = NAME if NAME not in by_name else self._other_name
        return None

    def _gateway(self, found: networks.Link | None, wanted: str, before: str) -> ipaddress.IPv4Interface:
        if found is not None:
            has = networks.addresses(self._host, found.index)
            if has and wanted in ("", str(has[0])):
                return has[0]
            raise OSError(f"bridge {self.name} exists with another address; stop its containers to change --bip")
        if wanted:
            return ipaddress.IPv4Interface(wanted)
        taken = networks.taken_subnets(self._host)
        if before and not any(ipaddress.IPv4Interface(before).network.overlaps(other) for other in taken):
            return ipaddress.IPv4Interface(before)
        return addresses.choose(taken)

    def _clear_abandoned(self, by_name: dict[str, networks.Link]) -> None:
        """Remove the bridges of daemons that were killed and will not come back: their exec root is gone."""
        masters = {link.master for link in by_name.values()}
        ours = [link for link in by_name.values() if link.alias.startswith(f"{MARK} ") and link.index not in masters]
        gone = [link for link in ours if not os.path.exists(link.alias.partition(" ")[2])]
        for link in gone[:AT_A_START]:
            with contextlib.suppress(OSError):  # another daemon that starts now was faster
                self._remove(link.name)
            del by_name[link.name]

    def _remove(self, name: str) -> None:
        firewall.remove(name)
        firewall.close_through(name)
        self._host.do(networks.delete_link(name))

    def stop(self) -> None:
        """Take the bridge down. Cables of containers that have just ended may still hang on it, and go, too."""
        self._remove(self.name)

    def close(self) -> None:
        """Let go of the kernel's descriptors."""
        self._host.close()
        if self._home >= 0:
            os.close(self._home)
        self._home = -1

    def empty(self) -> int:
        """Make a namespace that leads nowhere (`--network none`)."""
        namespace, inside = networks.new_namespace(self._home)
        inside.close()
        return namespace

    def connect(self, gateway: ipaddress.IPv4Interface, address: str, mac: str, network_id: str) -> Sandbox:
        """Make a namespace with a cable to the bridge."""
        prefix, identity = gateway.network.prefixlen, secrets.token_hex(32)
        endpoint = Endpoint(network_id, identity, address, prefix, str(gateway.ip), mac or networks.mac_of(address))
        namespace, inside = networks.new_namespace(self._home)
        try:
            name = f"veth{identity[:7]}"
            self._host.do(networks.add_cable(name, bridge=self.index, namespace=namespace, mac=endpoint.mac))
            inside.do(
                networks.set_up(networks.ETHERNET),
                networks.add_address(networks.ETHERNET, address, prefix),
                networks.add_default_route(endpoint.gateway, networks.ETHERNET),
            )
        except BaseException:
            os.close(namespace)  # and with it all that was made
            raise
        finally:
            inside.close()
        return Sandbox(namespace, {"bridge": endpoint})
