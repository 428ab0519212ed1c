"""Netlink messages in and out of bytes."""

import struct

from runtime.kernel.netlink import Message, attribute, attributes, decode, encode


def test_an_attribute_is_padded_to_four_bytes() -> None:
    assert attribute(3, "lo") == struct.pack("=HH", 7, 3) + b"lo\0\0"


def test_attributes_come_back() -> None:
    data = attribute(1, "eth0") + attribute(2, 7) + attribute(4, [attribute(1, b"abcd")])
    found = attributes(data)
    assert found[1] == b"eth0\0"
    assert found[2] == struct.pack("=I", 7)
    assert attributes(found[4]) == {1: b"abcd"}


def test_messages_are_numbered_and_come_back() -> None:
    packet = encode([Message(16, 4, b"abc"), Message(20, 0, b"")])
    assert list(decode(packet)) == [(16, 1, b"abc"), (20, 2, b"")]


def test_broken_input_ends() -> None:
    assert attributes(b"\0\0\0\0\0\0\0\0") == {}
    assert list(decode(bytes(64))) == []
