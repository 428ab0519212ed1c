"""Container networks: a namespace with a cable to a switch.

A network namespace is an empty network of its own: no interface but a loopback that is down. A veth pair is a
cable with two ends; one end is put into the namespace, the other into a bridge, the kernel's switch, that lives
on the host and has the gateway's address. What leaves the host is given the host's address by one nftables rule
(`firewall`). That is Docker's default network; by hand:

    ip link add docklab0 type bridge; ip addr add 172.17.0.1/16 dev docklab0; ip link set docklab0 up
    ip netns add c1
    ip link add veth1 up master docklab0 type veth peer name eth0 netns c1
    ip -n c1 link set lo up; ip -n c1 link set eth0 up
    ip -n c1 addr add 172.17.0.2/16 dev eth0; ip -n c1 route add default via 172.17.0.1
    sysctl net.ipv4.ip_forward=1

Here the namespace has no name (`ip netns add` mounts one): a descriptor holds it, so nothing is left of it when
the last process is gone. Manual: network_namespaces(7), veth(4), rtnetlink(7), ip-link(8).
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import struct
from dataclasses import dataclass

from ...kernel import netlink, syscalls
from ...kernel.netlink import Message, Netlink, attribute

# linux/rtnetlink.h, linux/if_link.h, linux/if.h, linux/veth.h
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK = 16, 17, 18
RTM_NEWADDR, RTM_GETADDR = 20, 22
RTM_NEWROUTE, RTM_GETROUTE = 24, 26
IFF_UP = 1
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_MASTER, IFLA_LINKINFO, IFLA_IFALIAS, IFLA_NET_NS_FD = 1, 3, 4, 10, 18, 20, 28
IFLA_INFO_KIND, IFLA_INFO_DATA, VETH_INFO_PEER = 1, 2, 1
IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST = 1, 2, 4
RTA_DST, RTA_OIF, RTA_GATEWAY = 1, 4, 5
RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST = 254, 3, 0, 1

_NEW = netlink.NLM_F_CREATE | netlink.NLM_F_EXCL
LOOPBACK, ETHERNET = 1, 2  # indexes in a namespace that has these two

# Docker's own settings of a container's network: everybody may ping and serve port 80; no IPv6 without a network for it
SETTINGS = {
    "ipv4/ping_group_range": "0 2147483647",
    "ipv4/ip_unprivileged_port_start": "0",
    "ipv6/conf/default/disable_ipv6": "1",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One network interface."""

    index: int
    name: str
    alias: str = ""
    master: int = 0


def _link(index: int = 0, *, up: bool = False) -> bytes:
    return struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, IFF_UP if up else 0, IFF_UP if up else 0)


def _info(kind: str, *data: bytes) -> bytes:
    inner = [attribute(IFLA_INFO_KIND, kind)]
    return attribute(IFLA_LINKINFO, [*inner, attribute(IFLA_INFO_DATA, data)] if data else inner)


def mac_bytes(mac: str) -> bytes:
    """Turn 02:42:… into six bytes."""
    return bytes.fromhex(mac.replace(":", ""))


def mac_of(address: str) -> str:
    """Give the hardware address that Docker derives from an IPv4 address."""
    return ":".join(f"{byte:02x}" for byte in b"\x02\x42" + ipaddress.IPv4Address(address).packed)


def add_bridge(name: str, mac: str) -> Message:
    """Make a bridge, up, with a hardware address of its own, so that it does not change with its ports."""
    body = _link(up=True) + attribute(IFLA_IFNAME, name) + attribute(IFLA_ADDRESS, mac_bytes(mac)) + _info("bridge")
    return Message(RTM_NEWLINK, _NEW, body, f"add bridge {name}")


def set_alias(name: str, alias: str) -> Message:
    """Leave a note on an interface; `ip link` shows it."""
    body = _link() + attribute(IFLA_IFNAME, name) + attribute(IFLA_IFALIAS, alias.encode()[:255])
    return Message(RTM_NEWLINK, 0, body, f"set alias of {name}")


def add_cable(name: str, *, bridge: int, namespace: int, mac: str, peer: str = "eth0") -> Message:
    """Lay a cable: `name` on the bridge, `peer` in the namespace behind a descriptor.

    The peer cannot be born up: when the kernel makes it, it has no other end yet (veth_open in drivers/net/veth.c).
    """
    end = _link(ETHERNET) + attribute(IFLA_IFNAME, peer) + attribute(IFLA_ADDRESS, mac_bytes(mac))
    end += attribute(IFLA_NET_NS_FD, namespace)
    body = _link(up=True) + attribute(IFLA_IFNAME, name) + attribute(IFLA_MASTER, bridge)
    body += _info("veth", attribute(VETH_INFO_PEER, end))
    return Message(RTM_NEWLINK, _NEW, body, f"add cable {name}")


def delete_link(name: str) -> Message:
    """Remove an interface; a cable goes with either of its ends."""
    return Message(RTM_DELLINK, 0, _link() + attribute(IFLA_IFNAME, name), f"delete {name}")


def set_up(index: int) -> Message:
    """Switch an interface on; a loopback gets its address with that."""
    return Message(RTM_NEWLINK, 0, _link(index, up=True), f"set interface {index} up")


def add_address(index: int, address: str, prefix: int) -> Message:
    """Give an interface an IPv4 address."""
    interface = ipaddress.IPv4Interface(f"{address}/{prefix}")
    body = struct.pack("=BBBBI", socket.AF_INET, prefix, 0, RT_SCOPE_UNIVERSE, index)
    body += attribute(IFA_LOCAL, interface.packed) + attribute(IFA_ADDRESS, interface.packed)
    body += attribute(IFA_BROADCAST, interface.network.broadcast_address.packed)
    return Message(RTM_NEWADDR, _NEW, body, f"add address {address}/{prefix}")


def add_default_route(gateway: str, index: int) -> Message:
    """Send everything that is not local to the gateway."""
    kinds = (RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST)
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, *kinds, 0)
    body += attribute(RTA_GATEWAY, ipaddress.IPv4Address(gateway).packed) + attribute(RTA_OIF, index)
    return Message(RTM_NEWROUTE, _NEW, body, f"add default route via {gateway}")


def links(host: Netlink) -> list[Link]:
    """List the interfaces of the namespace that `host` was opened in."""
    found = []
    for _kind, body in host.dump(Message(RTM_GETLINK, 0, _link(), "list links")):
        index = struct.unpack_from("=BxHi", body)[2]
        values = netlink.attributes(body[16:])
        name, alias = (values.get(key, b"").rstrip(b"\0").decode() for key in (IFLA_IFNAME, IFLA_IFALIAS))
        master = struct.unpack("=I", values[IFLA_MASTER])[0] if IFLA_MASTER in values else 0
        found.append(Link(index, name, alias, master))
    return found


def taken_subnets(host: Netlink) -> list[ipaddress.IPv4Network]:
    """List the networks that this machine has addresses in or routes to, but for the default route."""
    found = []
    ask = struct.pack("=BBBBI", socket.AF_INET, 0, 0, 0, 0)
    for _kind, body in host.dump(Message(RTM_GETADDR, 0, ask, "list addresses")):
        values = netlink.attributes(body[8:])
        found.append(ipaddress.IPv4Network((values[IFA_ADDRESS], body[1]), strict=False))
    ask = struct.pack("=BBBBBBBBI", socket.AF_INET, *([0] * 8))
    for _kind, body in host.dump(Message(RTM_GETROUTE, 0, ask, "list routes")):
        values = netlink.attributes(body[12:])
        if body[4] == RT_TABLE_MAIN and RTA_DST in values:
            found.append(ipaddress.IPv4Network((values[RTA_DST], body[1]), strict=False))
    return found


def addresses(host: Netlink, index: int) -> list[ipaddress.IPv4Interface]:
    """List the IPv4 addresses of one interface."""
    ask = struct.pack("=BBBBI", socket.AF_INET, 0, 0, 0, 0)
    found = []
    for _kind, body in host.dump(Message(RTM_GETADDR, 0, ask, "list addresses")):
        if struct.unpack_from("=I", body, 4)[0] == index:
            found.append(ipaddress.IPv4Interface((netlink.attributes(body[8:])[IFA_LOCAL], body[1])))
    return found


def new_namespace(home: int) -> tuple[int, Netlink]:
    """Make a network namespace; give its descriptor and a socket into it. The thread is in `home` again afterwards.

    The loopback is up and Docker's settings are made. Threads have namespaces of their own
    (network_namespaces(7)), so the other threads of the process notice nothing.
    """
    syscalls.unshare(syscalls.CLONE_NEWNET)
    try:
        inside = Netlink()
        try:
            _settle()
            inside.do(set_up(LOOPBACK))
            return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC), inside
        except BaseException:
            inside.close()
            raise
    finally:
        syscalls.setns(home, syscalls.CLONE_NEWNET)


def _settle() -> None:
    """Make the settings of a new namespace, from within."""
    for name, value in SETTINGS.items():
        with contextlib.suppress(FileNotFoundError):  # a kernel without IPv6
            fd = os.open(f"/proc/sys/net/{name}", os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.write(fd, value.encode("ascii"))
            finally:
                os.close(fd)
