"""Give what leaves a container network the host's address, and let it pass: nftables without the nft program.

    nft add table ip docklab
    nft add chain ip docklab postrouting '{ type nat hook postrouting priority srcnat; }'
    nft add rule ip docklab postrouting ip saddr 172.17.0.0/16 oifname != docklab0 masquerade

A rule is a list of expressions that work on registers: load a field, compare it, decide. Sources: nft(8),
linux/netfilter/nf_tables.h; `nft --debug=netlink add rule …` prints a rule's expressions.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Sequence

from ...kernel import netlink
from ...kernel.netlink import Message, Netlink, attribute

_SUBSYSTEM = 10 << 8
_BEGIN, _END = 16, 17
_NEWTABLE, _DELTABLE, _NEWCHAIN, _NEWRULE, _GETRULE, _DELRULE = 0, 2, 3, 6, 7, 8
_POSTROUTING, _SOURCE_NAT = 4, 100
_LOAD_REGISTER = 1
_EQUAL, _UNEQUAL = 0, 1
_META_IN, _META_OUT = 6, 7
_VERDICT_ACCEPT = 1
_RULE_TABLE, _RULE_CHAIN, _RULE_HANDLE, _RULE_EXPRESSIONS, _RULE_USERDATA = 1, 2, 3, 4, 7


def _number(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack(">I", value))


def _body(family: int, resource: int = 0) -> bytes:
    return struct.pack(">BBH", family, 0, resource)


def _message(kind: int, flags: int, name: str, *attributes: bytes) -> Message:
    return Message(_SUBSYSTEM | kind, flags, _body(socket.AF_INET) + b"".join(attributes), f"nftables: {name}")


def _expression(name: str, *attributes: bytes) -> bytes:
    return attribute(1, [attribute(1, name), attribute(2, attributes)])


def _compare(operation: int, value: bytes) -> bytes:
    return _expression("cmp", _number(1, _LOAD_REGISTER), _number(2, operation), attribute(3, [attribute(1, value)]))


def _interface(direction: int, operation: int, name: str) -> list[bytes]:
    """Test the interface that a packet came in by or leaves by."""
    load = _expression("meta", _number(1, _LOAD_REGISTER), _number(2, direction))
    return [load, _compare(operation, name.encode().ljust(16, b"\0"))]


def _source(subnet: str) -> list[bytes]:
    """Test that a packet's source (bytes 12 to 15 of its header) is in a subnet."""
    network = ipaddress.IPv4Network(subnet)
    load = _expression("payload", _number(1, _LOAD_REGISTER), _number(2, 1), _number(3, 12), _number(4, 4))
    return [load, _masked(network.netmask.packed), _compare(_EQUAL, network.network_address.packed)]


def _masked(mask: bytes) -> bytes:
    registers = [_number(1, _LOAD_REGISTER), _number(2, _LOAD_REGISTER), _number(3, 4)]
    return _expression(
        "bitwise", *registers, attribute(4, [attribute(1, mask)]), attribute(5, [attribute(1, bytes(4))])
    )


def _rule(table: str, chain: str, expressions: Sequence[bytes], *more: bytes, first: bool = False) -> Message:
    flags = netlink.NLM_F_CREATE | (0 if first else netlink.NLM_F_APPEND)
    names = [attribute(_RULE_TABLE, table), attribute(_RULE_CHAIN, chain)]
    return _message(
        _NEWRULE, flags, f"add rule to {table} {chain}", *names, attribute(_RULE_EXPRESSIONS, expressions), *more
    )


def _do(*messages: Message) -> None:
    frame = [Message(kind, 0, _body(0, 10), "nftables: batch") for kind in (_BEGIN, _END)]
    link = Netlink(netlink.NETLINK_NETFILTER)
    try:
        link.transact(frame[0], messages, frame[1])
    finally:
        link.close()


def masquerade(table: str, bridge: str, subnet: str) -> None:
    """Let a subnet's packets leave the host under the host's address; replaces what the table held before."""
    name = attribute(1, table)
    hook = attribute(4, [_number(1, _POSTROUTING), _number(2, _SOURCE_NAT)])
    expressions = [*_source(subnet), *_interface(_META_OUT, _UNEQUAL, bridge), _expression("masq")]
    _do(
        _message(_NEWTABLE, netlink.NLM_F_CREATE, f"add table {table}", name),
        _message(_DELTABLE, 0, f"delete table {table}", name),
        _message(_NEWTABLE, netlink.NLM_F_CREATE, f"add table {table}", name),
        _message(
            _NEWCHAIN, netlink.NLM_F_CREATE, "add chain", name, attribute(3, "postrouting"), hook, attribute(7, "nat")
        ),
        _rule(table, "postrouting", expressions),
    )


def remove(table: str) -> None:
    """Remove a table; one that is not there is fine."""
    name = attribute(1, table)
    _do(
        _message(_NEWTABLE, netlink.NLM_F_CREATE, f"add table {table}", name),
        _message(_DELTABLE, 0, f"delete table {table}", name),
    )


def _note(bridge: str) -> bytes:
    """Mark a rule with a comment, as `nft add rule … comment docklab0` does (libnftnl's type 0)."""
    text = f"docklab {bridge}".encode() + b"\0"
    return attribute(_RULE_USERDATA, bytes([0, len(text)]) + text)


def pass_through(bridge: str) -> None:
    """Let a bridge's packets through a forwarding chain of iptables-nft, where another program keeps one.

    Docker and many firewalls set the policy of `ip filter FORWARD` to drop, for everybody. What we accept in a
    table of our own does not help there: a packet must be accepted by every chain it meets.

    The rules are of a kind that iptables-nft can read: one it cannot (a native `ct`) makes it refuse to list or change
    the whole table, for everybody else on the machine.
    """
    close_through(bridge)
    code = attribute(2, [_number(1, _VERDICT_ACCEPT)])
    accept = _expression("immediate", _number(1, 0), attribute(2, [code]))
    try:
        _do(
            _rule("filter", "FORWARD", [*_interface(_META_IN, _EQUAL, bridge), accept], _note(bridge), first=True),
            _rule("filter", "FORWARD", [*_interface(_META_OUT, _EQUAL, bridge), accept], _note(bridge), first=True),
        )
    except OSError as error:
        if not netlink.missing(error):
            raise


def close_through(bridge: str) -> None:
    """Take back what `pass_through` added."""
    names = [attribute(_RULE_TABLE, "filter"), attribute(_RULE_CHAIN, "FORWARD")]
    link = Netlink(netlink.NETLINK_NETFILTER)
    try:
        rules = [netlink.attributes(body[4:]) for _kind, body in link.dump(_message(_GETRULE, 0, "list rules", *names))]
    except OSError as error:
        if not netlink.missing(error):
            raise
        return
    finally:
        link.close()
    ours = [
        rule[_RULE_HANDLE]
        for rule in rules
        if attribute(_RULE_USERDATA, rule.get(_RULE_USERDATA, b"")) == _note(bridge)
    ]
    if ours:
        _do(*(_message(_DELRULE, 0, "delete rule", *names, attribute(_RULE_HANDLE, handle)) for handle in ours))
