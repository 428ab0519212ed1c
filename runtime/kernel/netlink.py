"""Talk to the kernel's network: netlink messages in and out of bytes, and a socket that sends them.

A message is a header (length, type, flags, number), a fixed part that depends on the type, and attributes, each
a length, a type and a value padded to four bytes. Several messages may travel in one packet; each that asks
for it is acknowledged with an errno. Sources: netlink(7), rtnetlink(7), linux/netlink.h.

    ip monitor all      # watch what others say
    strace -e trace=network ip link add …
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# linux/netlink.h
NETLINK_ROUTE = 0
NETLINK_NETFILTER = 12
NLM_F_REQUEST = 0x1
NLM_F_ACK = 0x4
NLM_F_DUMP = 0x300
NLM_F_EXCL = 0x200
NLM_F_CREATE = 0x400
NLM_F_APPEND = 0x800
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLA_F_NESTED = 0x8000
NLA_TYPE_MASK = 0x3FFF

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_LARGEST = 1 << 17
PATIENCE = 10.0  # seconds; the kernel answers at once unless it is broken


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `body` is the fixed part and the attributes."""

    kind: int
    flags: int
    body: bytes
    name: str = ""  # what an error is said about


def attribute(kind: int, value: bytes | str | int | Sequence[bytes]) -> bytes:
    """Encode an attribute: bytes as they are, text with its final zero, an int as 32 bits, a sequence nested."""
    if isinstance(value, str):
        value = value.encode() + b"\0"
    elif isinstance(value, int):
        value = struct.pack("=I", value)
    elif not isinstance(value, bytes):
        value, kind = b"".join(value), kind | NLA_F_NESTED
    return _ATTRIBUTE.pack(len(value) + 4, kind) + value + bytes(-len(value) % 4)


def attributes(data: bytes) -> dict[int, bytes]:
    """Decode attributes; nested ones stay bytes."""
    found, position = {}, 0
    while position + 4 <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, position)
        if length < 4:
            break
        found[kind & NLA_TYPE_MASK] = data[position + 4 : position + length]
        position += (length + 3) & ~3
    return found


def encode(messages: Sequence[Message]) -> bytes:
    """Encode messages into one packet; they are numbered from 1, so that answers can be told apart."""
    parts = []
    for number, message in enumerate(messages, 1):
        flags = message.flags | NLM_F_REQUEST
        parts.append(_HEADER.pack(16 + len(message.body), message.kind, flags, number, 0))
        parts.append(message.body + bytes(-len(message.body) % 4))
    return b"".join(parts)


def decode(packet: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Decode a packet into (type, number, body)."""
    position = 0
    while position + 16 <= len(packet):
        length, kind, _flags, number, _port = _HEADER.unpack_from(packet, position)
        if length < 16:
            return
        yield kind, number, packet[position + 16 : position + length]
        position += (length + 3) & ~3


class Netlink:
    """A socket to one family of the kernel's network, in the network namespace in which it is opened."""

    def __init__(self, family: int = NETLINK_ROUTE) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, family)
        self._socket.bind((0, 0))
        self._socket.settimeout(PATIENCE)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def do(self, *messages: Message) -> None:
        """Send messages in one packet and wait until all are done; OSError names the first that failed."""
        asked = [Message(one.kind, one.flags | NLM_F_ACK, one.body, one.name) for one in messages]
        self._socket.send(encode(asked))
        self._collect(asked, len(asked))

    def transact(self, begin: Message, messages: Sequence[Message], end: Message) -> None:
        """Send messages that are done all or none (nfnetlink's batch); its frame is not acknowledged."""
        asked = [Message(one.kind, one.flags | NLM_F_ACK, one.body, one.name) for one in messages]
        self._socket.send(encode([begin, *asked, end]))
        self._collect([begin, *asked, end], len(asked))

    def dump(self, message: Message) -> list[tuple[int, bytes]]:
        """Ask for a list: (type, body) of every entry."""
        self._socket.send(encode([Message(message.kind, message.flags | NLM_F_DUMP, message.body, message.name)]))
        found: list[tuple[int, bytes]] = []
        while True:
            for kind, _number, body in decode(self._socket.recv(_LARGEST)):
                if kind == NLMSG_DONE:
                    return found
                if kind == NLMSG_ERROR:
                    _raise(body, message.name)
                found.append((kind, body))

    def _collect(self, asked: Sequence[Message], wanted: int) -> None:
        """Take the acknowledgements of all messages before raising what the first failure was."""
        failure: OSError | None = None
        answered = 0
        while answered < wanted:
            for kind, number, body in decode(self._socket.recv(_LARGEST)):
                if kind != NLMSG_ERROR:
                    continue
                answered += 1
                try:
                    _raise(body, asked[number - 1].name)
                except OSError as error:
                    if number == 1 and wanted < len(asked):  # the batch was refused as a whole
                        raise
                    failure = failure or error
        if failure is not None:
            raise failure


def _raise(body: bytes, name: str) -> None:
    number = -struct.unpack_from("=i", body)[0]
    if number:
        raise OSError(number, f"{name}: {os.strerror(number).lower()}")


def missing(error: OSError) -> bool:
    """Say whether an error means that the thing is not there."""
    return error.errno in (errno.ENOENT, errno.ENODEV, errno.ESRCH, errno.EADDRNOTAVAIL)
