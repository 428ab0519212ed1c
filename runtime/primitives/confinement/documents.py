"""Filters that users bring along: `--security-opt seccomp=profile.json`, in Docker's or the OCI runtime's format.

Docker's format is OCI's with conditions (`includes`, `excludes`) that are decided for each container.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from .profile import Profile, Rule, Test

JSON = dict[str, Any]

_ACTIONS = {
    "SCMP_ACT_ALLOW": "allow",
    "SCMP_ACT_ERRNO": "errno",
    "SCMP_ACT_KILL": "kill",
    "SCMP_ACT_KILL_PROCESS": "kill_process",
    "SCMP_ACT_KILL_THREAD": "kill_thread",
    "SCMP_ACT_LOG": "log",
    "SCMP_ACT_TRACE": "trace",
    "SCMP_ACT_TRAP": "trap",
}
_OPERATORS = {
    "SCMP_CMP_EQ": "==",
    "SCMP_CMP_GE": ">=",
    "SCMP_CMP_GT": ">",
    "SCMP_CMP_LE": "<=",
    "SCMP_CMP_LT": "<",
    "SCMP_CMP_MASKED_EQ": "masked",
    "SCMP_CMP_NE": "!=",
}
_MACHINES = {"amd64": "x86_64", "x32": "x86_64", "x86": "x86_64", "arm64": "aarch64", "arm": "armv7l"}
_EPERM = 1


def parse(text: str) -> Profile:
    """Read a profile; ValueError says what is wrong with it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"Decoding seccomp profile failed: {error}") from None
    if not isinstance(document, dict):
        raise ValueError("Decoding seccomp profile failed: not a JSON object")
    try:
        rules = tuple(_rule(entry) for entry in document.get("syscalls") or ())
        code = _code(document.get("defaultErrnoRet"))
        return Profile(_action(document.get("defaultAction")), code, rules)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"Decoding seccomp profile failed: {error}") from None


def _action(name: Any) -> str:
    if name not in _ACTIONS:
        raise ValueError(f"Decoding seccomp profile failed: unknown action {name!r}")
    return _ACTIONS[name]


def _code(given: Any) -> int:
    code = _EPERM if given is None else given
    if not isinstance(code, int) or not 0 <= code < 4096:
        raise ValueError(f"Decoding seccomp profile failed: {given!r} is not an error number")
    return code


def _rule(entry: JSON) -> Rule:
    names = [*(entry.get("names") or ()), *([entry["name"]] if entry.get("name") else ())]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("Decoding seccomp profile failed: a syscall's name is a string")
    includes, excludes = entry.get("includes") or {}, entry.get("excludes") or {}
    return Rule(
        tuple(names),
        tuple(_test(argument) for argument in entry.get("args") or ()),
        action=_action(entry.get("action")),
        code=_code(entry.get("errnoRet")),
        needs=frozenset(includes.get("caps") or ()),
        without=frozenset(excludes.get("caps") or ()),
        machines=_machines(includes.get("arches") or ()),
        other_machines=_machines(excludes.get("arches") or ()),
        kernel=_kernel(includes.get("minKernel") or "0.0"),
    )


def _machines(names: Iterable[str]) -> frozenset[str]:
    return frozenset(_MACHINES.get(name, name) for name in names)


def _kernel(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)\.(\d+)", str(text))
    if match is None:
        raise ValueError(f'Decoding seccomp profile failed: invalid kernel version: "{text}"')
    return int(match[1]), int(match[2])


def _test(argument: JSON) -> Test:
    index, first, second = argument.get("index", 0), argument.get("value", 0), argument.get("valueTwo", 0)
    if not all(isinstance(number, int) and 0 <= number < 1 << 64 for number in (index, first, second)) or index > 5:
        raise ValueError(f"Decoding seccomp profile failed: an argument's numbers are out of range: {argument}")
    operator = _OPERATORS.get(argument.get("op", ""))
    if operator is None:
        raise ValueError(f"Decoding seccomp profile failed: unknown operator {argument.get('op')!r}")
    # With a mask, OCI's "value" is the mask and "valueTwo" what has to be left.
    return Test(index, operator, second, first) if operator == "masked" else Test(index, operator, first)
