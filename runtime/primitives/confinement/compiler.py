"""From rules to a BPF program, by libseccomp.

libseccomp does what is tedious by hand: the same name has another number on each calling convention (x86-64,
its 32-bit and x32 relatives), and a program with hundreds of comparisons has to be a tree to be fast. It costs
tens of milliseconds, so the result is kept in a folder under the digest of what went in.
"""

from __future__ import annotations

import ctypes.util
import functools
import hashlib
import importlib
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from . import profile
from .profile import Profile, Rule

# Calls that are younger than Debian 12's libseccomp; the number is the same on every machine since Linux 5.0.
_YOUNG = {
    "cachestat": 451, "fchmodat2": 452, "map_shadow_stack": 453, "futex_wake": 454, "futex_wait": 455,
    "futex_requeue": 456, "statmount": 457, "listmount": 458, "lsm_get_self_attr": 459, "lsm_set_self_attr": 460,
    "lsm_list_modules": 461, "mseal": 462, "setxattrat": 463, "getxattrat": 464, "listxattrat": 465,
    "removexattrat": 466,
}  # fmt: skip
_NEWEST = 466
_X32 = 0x40000000  # bit of the x32 convention's call numbers

# Classic BPF (linux/filter.h) and answers (linux/seccomp.h), for the few instructions put in front
_LOAD, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_NOT_LESS, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x06
_ALLOW, _ERRNO, _ENOSYS = 0x7FFF0000, 0x00050000, 38

_RELATED = {"x86_64": ("X86", "X32"), "aarch64": ("ARM",)}
_FORMAT = 2  # part of the digest: change it with the compiler


def compile(capabilities: frozenset[str], rules: Profile = profile.DEFAULT, *, cache: Path | None = None) -> bytes:
    """Compile the filter of a container with these capabilities; `cache` is a folder to keep it in."""
    system = os.uname()
    kernel = _version(system.release)
    chosen = tuple(rule for rule in rules.rules if _applies(rule, capabilities, system.machine, kernel))
    digest = hashlib.sha256(repr((_FORMAT, system.machine, rules.default, rules.default_code, chosen)).encode())
    path = cache / f"{digest.hexdigest()}.bpf" if cache else None
    if path is not None and path.is_file():
        return path.read_bytes()
    program = _build(rules, chosen, system.machine)
    if path is not None:
        _keep(path, program)
    return program


def _version(release: str) -> tuple[int, int]:
    major, minor = release.replace("-", ".").split(".")[:2]
    return int(major), int("".join(filter(str.isdigit, minor)) or 0)


def _applies(rule: Rule, capabilities: frozenset[str], machine: str, kernel: tuple[int, int]) -> bool:
    return (
        rule.needs <= capabilities
        and not rule.without & capabilities
        and (not rule.machines or machine in rule.machines)
        and machine not in rule.other_machines
        and kernel >= rule.kernel
    )


def _keep(path: Path, program: bytes) -> None:
    """Write a program whole or not at all; no fsync, it can be compiled again."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fd, part = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(fd, "wb") as file:
        file.write(program)
    os.rename(part, path)


@functools.cache
def _library() -> Any:
    """Import pyseccomp when a filter has to be compiled, which is once per machine and set of capabilities."""
    if ctypes.util.find_library("seccomp") is None:
        raise RuntimeError("libseccomp is not installed: seccomp filters cannot be compiled")
    return importlib.import_module("pyseccomp")  # it has no types


def _action(name: str, code: int) -> int:
    library = _library()
    if name in ("errno", "trace"):
        return int(library.ERRNO(code) if name == "errno" else library.TRACE(code))
    known = {"allow": "ALLOW", "log": "LOG", "trap": "TRAP", "kill": "KILL", "kill_thread": "KILL"}
    return int(getattr(library, known.get(name, name.upper())))


def _build(rules: Profile, chosen: Iterable[Rule], machine: str) -> bytes:
    library = _library()
    default = _action(rules.default, rules.default_code)
    program = library.SyscallFilter(default)
    for name in _RELATED.get(machine, ()):
        program.add_arch(getattr(library.Arch, name))
    program.set_attr(library.Attr.CTL_OPTIMIZE, 2)  # a binary tree instead of a list
    young = []
    for rule in chosen:
        if (action := _action(rule.action, rule.code)) != default:
            young += [number for number in _add(program, rule, action) if rule.action == "allow"]
    with open(os.memfd_create("seccomp"), "w+b", buffering=0) as file:
        program.export_bpf(file)
        file.seek(0)
        body = file.read()
    return (_preface(sorted(set(young))) if rules.default == "errno" else b"") + body


def _add(program: Any, rule: Rule, action: int) -> Iterator[int]:
    """Add one rule; gives the numbers of calls that libseccomp has not heard of."""
    library = _library()
    tests = [_test(test) for test in rule.tests]
    for name in rule.names:
        number = library.resolve_syscall(library.Arch.NATIVE, name)
        if number != -1:
            program.add_rule(action, number, *tests)
        elif name in _YOUNG and not tests:
            yield _YOUNG[name]


def _test(test: profile.Test) -> Any:
    library = _library()
    if test.operator == "masked":
        return library.Arg(test.index, library.MASKED_EQ, test.mask, test.value)
    operators = {"==": "EQ", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}
    return library.Arg(test.index, getattr(library, operators[test.operator]), test.value)


def _preface(allowed: list[int]) -> bytes:
    """Give the instructions that answer for calls younger than libseccomp.

    Calls of the list are allowed; calls nobody knew when this was written answer "no such call" and not "not
    permitted", because programs fall back on an older call only after the former. x32 numbers are passed on.
    """
    lines = [(_LOAD, 0, 0, 0)]  # the call's number: offset 0 of struct seccomp_data
    count = len(allowed)
    lines.append((_JUMP_NOT_LESS, count + 3, 0, _X32))
    for place, number in enumerate(allowed):
        lines.append((_JUMP_EQUAL, count - place, 0, number))
    lines.append((_JUMP_GREATER, 1, 2, _NEWEST))
    lines.append((_RETURN, 0, 0, _ALLOW))
    lines.append((_RETURN, 0, 0, _ERRNO | _ENOSYS))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
