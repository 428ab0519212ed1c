"""Which device files may be opened: a list in version 1, a BPF program in version 2.

Whoever is root in a container may make any device node (mknod(2)); what protects the host's disks is that
opening it asks the control group. Version 1 keeps a list:

    echo a > devices.deny; echo 'c 1:3 rwm' > devices.allow

Version 2 asks a program, attached to the group, that sees kind, number and wish and answers 1 or 0. Ours is
assembled here from the same list. Sources: admin-guide/cgroup-v1/devices.rst, bpf(2), linux/bpf.h
(bpf_cgroup_dev_ctx), Documentation/bpf/standardization/instruction-set.rst.
"""

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]
ANY = -1


@dataclass(frozen=True, slots=True)
class Rule:
    """One allowance."""

    kind: str  # a (all) | b (block) | c (character)
    major: int  # ANY for every number
    minor: int
    access: str  # of r (read), w (write), m (mknod)

    def __str__(self) -> str:
        """Spell it as version 1's files take it."""
        numbers = ":".join("*" if number == ANY else str(number) for number in (self.major, self.minor))
        return f"{self.kind} {numbers} {self.access}"


# Nodes may be made of anything; opened may be only: null, zero, full, random, urandom, tty, console, ptmx, pts/*.
DEFAULT: tuple[Rule, ...] = (
    Rule("c", ANY, ANY, "m"),
    Rule("b", ANY, ANY, "m"),
    *(Rule("c", 1, minor, "rwm") for minor in (3, 5, 7, 8, 9)),
    *(Rule("c", 5, minor, "rwm") for minor in (0, 1, 2)),
    Rule("c", 136, ANY, "rwm"),
)


def rules(host: JSON) -> tuple[Rule, ...] | None:
    """Give what a container may open: the default, --device and --device-cgroup-rule; None for all there is."""
    if host.get("Privileged"):
        return None
    found = list(DEFAULT)
    for device in host.get("Devices") or ():
        found += _of_path(device["PathOnHost"], device.get("CgroupPermissions") or "rwm")
    found += [parse(text) for text in host.get("DeviceCgroupRules") or ()]
    return tuple(found)


def parse(text: str) -> Rule:
    """Read a rule as the user writes it ("c 42:* rmw"); ValueError in Docker's words when it is none."""
    match = re.fullmatch(r"([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})", text)
    if match is None:
        raise ValueError(f"invalid device cgroup rule format: '{text}'")
    kind, major, minor, access = match.groups()
    return Rule(kind, _numbered(major), _numbered(minor), access)


def _numbered(text: str) -> int:
    return ANY if text == "*" else int(text)


def _of_path(path: str, access: str) -> Iterator[Rule]:
    """Give the rule of a device file, or of all that are below a folder."""
    if os.path.isdir(path):
        for folder, _folders, names in os.walk(path):
            for name in names:
                yield from _of_path(f"{folder}/{name}", access)
        return
    status = os.stat(path)
    if stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode):
        kind = "b" if stat.S_ISBLK(status.st_mode) else "c"
        yield Rule(kind, os.major(status.st_rdev), os.minor(status.st_rdev), access)


# Instructions: opcode, destination and source register, offset, constant.
_SIZE = 8
_LOAD, _COPY, _SHIFT, _AND, _SET = 0x61, 0xBC, 0x74, 0x54, 0xB7
_UNLESS_EQUAL, _EXIT = 0x56, 0x95  # 32-bit comparison: device numbers are unsigned
_ANSWER, _CONTEXT, _KIND, _ACCESS, _MAJOR, _MINOR, _SCRATCH = 0, 1, 2, 3, 4, 5, 6
_KINDS = {"b": 1, "c": 2}  # BPF_DEVCG_DEV_BLOCK, BPF_DEVCG_DEV_CHAR
_WISHES = {"m": 1, "r": 2, "w": 4}  # BPF_DEVCG_ACC_*


def _instruction(opcode: int, destination: int = 0, *, source: int = 0, offset: int = 0, value: int = 0) -> bytes:
    return struct.pack("<BBhi", opcode, destination | source << 4, offset, value)


def program(allowed: Iterable[Rule]) -> bytes:
    """Assemble the BPF program that answers 1 to what one of the rules allows and 0 to all else."""
    start = [
        _instruction(_LOAD, _KIND, source=_CONTEXT, offset=0),
        _instruction(_COPY, _ACCESS, source=_KIND),
        _instruction(_SHIFT, _ACCESS, value=16),  # upper half: what is wished
        _instruction(_AND, _KIND, value=0xFFFF),  # lower half: kind of device
        _instruction(_LOAD, _MAJOR, source=_CONTEXT, offset=4),
        _instruction(_LOAD, _MINOR, source=_CONTEXT, offset=8),
    ]
    blocks = [_block(rule) for rule in allowed]
    everything = [block for block in blocks if len(block) == 2 * _SIZE]
    if everything:  # a rule without a test; the verifier refuses code that can never run behind it
        return everything[0]
    end = [_instruction(_SET, _ANSWER, value=0), _instruction(_EXIT)]
    return b"".join([*start, *blocks, *end])


def _block(rule: Rule) -> bytes:
    """Assemble one rule: each test that fails jumps behind the block, to the next rule."""
    tests = []
    if rule.kind != "a":
        tests.append([_test(_KIND, _KINDS[rule.kind])])
    unwished = 7 & ~sum(_WISHES[letter] for letter in set(rule.access))
    if unwished:
        mask = [_instruction(_COPY, _SCRATCH, source=_ACCESS), _instruction(_AND, _SCRATCH, value=unwished)]
        tests.append([*mask, _test(_SCRATCH, 0)])
    for register, number in ((_MAJOR, rule.major), (_MINOR, rule.minor)):
        if number != ANY:
            tests.append([_test(register, number)])
    code = [instruction for test in tests for instruction in test]
    code += [_instruction(_SET, _ANSWER, value=1), _instruction(_EXIT)]
    return b"".join(_aimed(instruction, len(code) - number - 1) for number, instruction in enumerate(code))


def _test(register: int, value: int) -> bytes:
    return _instruction(_UNLESS_EQUAL, register, value=value)


def _aimed(instruction: bytes, distance: int) -> bytes:
    """Fill in how far a jump goes; other instructions stay."""
    if instruction[0] != _UNLESS_EQUAL:
        return instruction
    return instruction[:2] + struct.pack("<h", distance) + instruction[4:]
