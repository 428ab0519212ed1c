"""Addresses of one subnet: which are in use, and which comes next. Pure."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable

from ..errors import EngineError

# Where Docker looks for a network of its own, in its order.
_CANDIDATES = tuple(
    itertools.chain(
        (f"172.{second}.0.0/16" for second in range(17, 32)), (f"192.168.{third}.0/20" for third in range(0, 256, 16))
    )
)


def choose(taken: Iterable[ipaddress.IPv4Network]) -> ipaddress.IPv4Interface:
    """Choose gateway and subnet that overlap nothing the machine already knows."""
    known = list(taken)
    for text in _CANDIDATES:
        network = ipaddress.IPv4Network(text)
        if not any(network.overlaps(other) for other in known):
            return ipaddress.IPv4Interface((network.network_address + 1, network.prefixlen))
    raise EngineError("could not find an available, non-overlapping IPv4 address pool among the defaults")


class Addresses:
    """The addresses of one subnet; the lowest free one is given next, as Docker does."""

    def __init__(self, gateway: ipaddress.IPv4Interface) -> None:
        self.gateway = gateway
        self._used = {int(gateway.ip)}

    def take(self) -> str:
        """Give a free address."""
        network = self.gateway.network
        for number in range(int(network.network_address) + 1, int(network.broadcast_address)):
            if number not in self._used:
                self._used.add(number)
                return str(ipaddress.IPv4Address(number))
        raise EngineError("no available IPv4 addresses on this network's address pools: bridge")

    def reserve(self, address: str) -> None:
        """Mark an address as in use."""
        self._used.add(int(ipaddress.IPv4Address(address)))

    def free(self, address: str) -> None:
        """Give an address back; the gateway stays."""
        if address != str(self.gateway.ip):
            self._used.discard(int(ipaddress.IPv4Address(address)))
