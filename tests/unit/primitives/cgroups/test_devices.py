"""Device rules, and the BPF program made of them, run here by an interpreter of the few instructions it uses."""

import struct

import pytest

from runtime.primitives.cgroups import devices
from runtime.primitives.cgroups.devices import ANY, Rule

READ, WRITE, MAKE = 2, 4, 1
BLOCK, CHARACTER = 1, 2


def run(code: bytes, kind: int, wish: int, major: int, minor: int) -> int:
    """Execute a device program (instruction set: BPF standardization document)."""
    context = struct.pack("<III", wish << 16 | kind, major, minor)
    registers = [0] * 11
    position = 0
    for _step in range(10_000):
        opcode, both, offset, value = struct.unpack_from("<BBhi", code, position * 8)
        to, source, constant = both & 15, both >> 4, value & 0xFFFFFFFF
        position += 1
        if opcode == 0x95:
            return registers[0]
        if opcode == 0x61:
            registers[to] = struct.unpack_from("<I", context, offset)[0]
        elif opcode == 0xBC:
            registers[to] = registers[source]
        elif opcode == 0x74:
            registers[to] >>= constant
        elif opcode == 0x54:
            registers[to] &= constant
        elif opcode == 0xB7:
            registers[to] = constant
        elif opcode == 0x56:
            position += offset if registers[to] != constant else 0
        else:
            raise AssertionError(f"unknown instruction {opcode:#x}")
    raise AssertionError("the program does not end")


@pytest.mark.parametrize(
    ("kind", "wish", "major", "minor", "answer"),
    [
        (CHARACTER, READ | WRITE, 1, 3, 1),  # null
        (CHARACTER, READ, 1, 9, 1),  # urandom
        (CHARACTER, READ | WRITE, 5, 2, 1),  # ptmx
        (CHARACTER, READ | WRITE, 136, 77, 1),  # pts
        (CHARACTER, READ, 1, 1, 0),  # mem
        (CHARACTER, READ, 1, 11, 0),  # kmsg
        (CHARACTER, READ | WRITE, 10, 200, 0),  # net/tun
        (CHARACTER, READ | WRITE, 10, 229, 0),  # fuse
        (BLOCK, READ, 8, 0, 0),
        (BLOCK, READ, 1, 3, 0),  # the number of null, but a block device
        (BLOCK, MAKE, 8, 0, 1),
        (CHARACTER, MAKE, 10, 200, 1),
        (CHARACTER, MAKE | READ, 10, 200, 0),
    ],
)
def test_the_default(kind: int, wish: int, major: int, minor: int, answer: int) -> None:
    code = devices.program(devices.DEFAULT)
    assert run(code, kind, wish, major, minor) == answer


def test_access_is_as_granted() -> None:
    code = devices.program([Rule("b", 8, ANY, "r")])
    assert run(code, BLOCK, READ, 8, 16) == 1
    assert run(code, BLOCK, WRITE, 8, 16) == 0
    assert run(code, BLOCK, READ | WRITE, 8, 16) == 0


def test_all_kinds() -> None:
    assert run(devices.program([Rule("a", ANY, ANY, "rwm")]), BLOCK, 7, 9, 9) == 1


def test_no_rules_refuse_everything() -> None:
    assert run(devices.program([]), CHARACTER, READ, 1, 3) == 0


def test_privileged_has_no_list() -> None:
    assert devices.rules({"Privileged": True, "Devices": [{"PathOnHost": "/dev/zero"}]}) is None


def test_a_device_of_the_user_is_added() -> None:
    found = devices.rules({"Devices": [{"PathOnHost": "/dev/null", "CgroupPermissions": "r"}]})
    assert found == (*devices.DEFAULT, Rule("c", 1, 3, "r"))


def test_a_rule_of_the_user_is_added() -> None:
    found = devices.rules({"DeviceCgroupRules": ["c 42:* rm"]})
    assert found is not None
    assert str(found[-1]) == "c 42:* rm"


@pytest.mark.parametrize("text", ["", "c 1:3", "x 1:3 r", "c 1:3 rwmx", "c 1 3 r", "c 1:3 r\n", "c -1:3 r"])
def test_a_malformed_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid device cgroup rule format"):
        devices.parse(text)
