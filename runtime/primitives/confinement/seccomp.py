"""Seccomp: a small program in the kernel that looks at every system call and says yes or no.

The program is classic BPF over the call's number and arguments; once loaded it can never be removed, and children
inherit it. libseccomp writes it from rules by name; it is kept on disk, because writing it takes 20 ms.

    grep Seccomp /proc/self/status          2: a filter is loaded
    strace -f -e trace=unshare unshare -n   EPERM inside a container

Manual: seccomp(2), bpf(4); what is refused is in `calls`.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...kernel import syscalls
from . import calls

JSON = dict[str, Any]

_VERSION = 1  # of what this file makes of the same rules; part of the cache's key
_SET_MODE_FILTER = 1
_EVERY = range(calls.NEWEST + 1)
_ARCHES = {"x86_64": ("X86_64", "X86"), "aarch64": ("AARCH64", "ARM")}
_ALIASES = {
    "SCMP_ARCH_X86_64": "X86_64",
    "SCMP_ARCH_X86": "X86",
    "SCMP_ARCH_X32": "X32",
    "SCMP_ARCH_AARCH64": "AARCH64",
    "SCMP_ARCH_ARM": "ARM",
}


def compile(granted: frozenset[str], *, profile: str | None = None, cache: Path | None = None) -> bytes:
    """Write the filter for a process with the capabilities `granted`, as BPF instructions.

    `profile` is a profile in Docker's or OCI's JSON; without one it is the default. ValueError when it is none.
    """
    key = hashlib.sha256(json.dumps([_VERSION, sorted(granted), profile, os.uname().machine]).encode()).hexdigest()
    kept = None if cache is None else cache / key
    if kept is not None and kept.exists():
        return kept.read_bytes()
    program = _default(granted) if profile is None else _custom(_parsed(profile), granted)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = kept.with_suffix(".part")
        part.write_bytes(program)
        part.replace(kept)
    return program


def load(program: bytes) -> None:
    """Put a filter on this process and all its children, for good (seccomp(2))."""
    instructions = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    described = Program(len(program) // 8, ctypes.addressof(instructions))
    syscalls.syscall("seccomp", _SET_MODE_FILTER, 0, ctypes.byref(described))


def _library() -> Any:
    import pyseccomp  # only the daemon writes filters; the interpreter loads what comes with the plan

    return pyseccomp


def _exported(written: Any) -> bytes:
    with tempfile.TemporaryFile() as file:
        written.export_bpf(file)
        file.seek(0)
        return file.read()


@functools.lru_cache(maxsize=8)
def known(arch: str) -> frozenset[str]:
    """Give the names of an architecture's system calls up to the newest the table knows."""
    library = _library()
    number = getattr(library.Arch, arch)
    return frozenset(_names(library, number))


def _names(library: Any, arch: int) -> Iterator[str]:
    for number in _EVERY:
        try:
            name = library.resolve_syscall(arch, number)
        except (ValueError, OSError):
            continue
        if name:
            yield name.decode() if isinstance(name, bytes) else name


def _default(granted: frozenset[str]) -> bytes:
    library = _library()
    written = library.SyscallFilter(library.ERRNO(errno.ENOSYS))
    names: set[str] = set()
    for arch in _ARCHES[os.uname().machine]:
        if not written.exist_arch(getattr(library.Arch, arch)):
            written.add_arch(getattr(library.Arch, arch))
        names |= known(arch)
    closed = calls.refused(granted)
    for name in sorted(names - set(calls.BY_ARGUMENT)):
        _rule(written, library.ERRNO(errno.EPERM) if name in closed else library.ALLOW, name)
    _by_argument(written, library, granted)
    return _exported(written)


def _by_argument(written: Any, library: Any, granted: frozenset[str]) -> None:
    """clone without new namespaces, known personalities, sockets of namespaced families."""
    if "CAP_SYS_ADMIN" in granted:
        _rule(written, library.ALLOW, "clone")
        _rule(written, library.ALLOW, "clone3")
    else:
        # clone3 keeps its flags in memory, where no filter can look: ENOSYS makes C libraries use clone
        same = library.Arg(0, library.MASKED_EQ, calls.CLONE_NAMESPACES, 0)
        _rule(written, library.ALLOW, "clone", same)
        for bit in range(32):
            if calls.CLONE_NAMESPACES >> bit & 1:
                found = library.Arg(0, library.MASKED_EQ, 1 << bit, 1 << bit)
                _rule(written, library.ERRNO(errno.EPERM), "clone", found)
    for number in calls.PERSONALITIES:
        _rule(written, library.ALLOW, "personality", library.Arg(0, library.EQ, number))
    low, high = calls.REFUSED_FAMILIES
    _rule(written, library.ALLOW, "socket", library.Arg(0, library.LT, low))
    _rule(written, library.ALLOW, "socket", library.Arg(0, library.EQ, low + 1))
    _rule(written, library.ALLOW, "socket", library.Arg(0, library.GT, high))
    for family in calls.REFUSED_FAMILIES:
        _rule(written, library.ERRNO(errno.EPERM), "socket", library.Arg(0, library.EQ, family))


def _rule(written: Any, action: int, name: str, *arguments: Any) -> None:
    try:
        written.add_rule(action, name, *arguments)
    except (ValueError, OSError):  # a name that none of the architectures has
        return


def _parsed(profile: str) -> JSON:
    try:
        value = json.loads(profile)
    except ValueError as error:
        raise ValueError(f"Decoding seccomp profile failed: {error}") from error
    if not isinstance(value, dict) or "defaultAction" not in value:
        raise ValueError("Decoding seccomp profile failed: no defaultAction")
    return value


def _action(library: Any, name: str, number: int | None) -> int:
    plain = {"SCMP_ACT_ALLOW": "ALLOW", "SCMP_ACT_KILL": "KILL", "SCMP_ACT_LOG": "LOG", "SCMP_ACT_TRAP": "TRAP"}
    plain |= {"SCMP_ACT_KILL_PROCESS": "KILL_PROCESS", "SCMP_ACT_KILL_THREAD": "KILL"}
    if name == "SCMP_ACT_ERRNO":
        return int(library.ERRNO(errno.EPERM if number is None else number))
    if name in plain and hasattr(library, plain[name]):
        return int(getattr(library, plain[name]))
    raise ValueError(f"Decoding seccomp profile failed: invalid action: {name}")


def _custom(profile: JSON, granted: frozenset[str]) -> bytes:
    library = _library()
    default = _action(library, profile["defaultAction"], profile.get("defaultErrnoRet"))
    written = library.SyscallFilter(default)
    for arch in profile.get("architectures") or [f"SCMP_ARCH_{name}" for name in _ARCHES[os.uname().machine]]:
        number = getattr(library.Arch, _ALIASES.get(arch, ""), None)
        if number is not None and not written.exist_arch(number):
            written.add_arch(number)
    for group in profile.get("syscalls") or ():
        if _applies(group, granted):
            _group(written, library, group, default)
    return _exported(written)


def _applies(group: JSON, granted: frozenset[str]) -> bool:
    includes, excludes = group.get("includes") or {}, group.get("excludes") or {}
    here = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    if includes.get("arches") and here not in includes["arches"]:
        return False
    if here in (excludes.get("arches") or ()):
        return False
    if includes.get("caps") and not set(includes["caps"]) <= granted:
        return False
    return not set(excludes.get("caps") or ()) & granted


def _group(written: Any, library: Any, group: JSON, default: int) -> None:
    action = _action(library, group["action"], group.get("errnoRet"))
    if action == default:
        return  # libseccomp refuses rules that say what the default says
    arguments = []
    for one in group.get("args") or ():
        operator = getattr(library, one["op"].removeprefix("SCMP_CMP_"))
        values = [one["value"], one.get("valueTwo", 0)] if operator == library.MASKED_EQ else [one["value"]]
        arguments.append(library.Arg(one["index"], operator, *values))
    for name in group.get("names") or [group["name"]]:
        _rule(written, action, name, *arguments)
