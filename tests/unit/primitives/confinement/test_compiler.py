"""The filter as a program: interpreted here, so that its answers can be asked without loading it."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

import pytest

from runtime.primitives.confinement import capabilities, compiler, documents, profile

X86_64 = 0xC000003E
AARCH64 = 0xC00000B7
NATIVE = {"x86_64": X86_64, "aarch64": AARCH64}[os.uname().machine]
ALLOW, ERRNO = 0x7FFF0000, 0x00050000

only_x86 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="call numbers of x86-64")


def answer(program: bytes, number: int, *arguments: int, arch: int = NATIVE) -> int:
    """Run a BPF program as the kernel would on one call."""
    padded = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=IIQ6Q", number, arch, 0, *(argument & (1 << 64) - 1 for argument in padded))
    lines = list(struct.iter_unpack("=HBBI", program))
    place = accumulator = 0
    while True:
        code, yes, no, value = lines[place]
        place += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
        elif code == 0x54:
            accumulator &= value
        elif code == 0x05:
            place += value
        else:
            tests = {0x15: accumulator == value, 0x25: accumulator > value, 0x35: accumulator >= value}
            place += yes if tests[code] else no


def refused(code: int) -> int:
    return ERRNO | code


@pytest.fixture(scope="module")
def program() -> bytes:
    return compiler.compile(capabilities.DEFAULT)


@only_x86
@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "read"), (59, "execve"), (105, "setuid"), (161, "chroot"), (101, "ptrace"), (462, "mseal")],
)
def test_ordinary_calls_are_allowed(program: bytes, number: int, name: str) -> None:
    assert answer(program, number) == ALLOW, name


@only_x86
@pytest.mark.parametrize(
    ("number", "name"),
    [(165, "mount"), (272, "unshare"), (308, "setns"), (321, "bpf"), (175, "init_module"), (250, "keyctl"),
     (425, "io_uring_setup"), (323, "userfaultfd"), (304, "open_by_handle_at"), (169, "reboot"), (246, "kexec_load")],
)  # fmt: skip
def test_dangerous_calls_are_refused(program: bytes, number: int, name: str) -> None:
    assert answer(program, number) == refused(errno.EPERM), name


@only_x86
def test_clone_makes_threads_but_no_namespaces(program: bytes) -> None:
    assert answer(program, 56, 0x3D0F00) == ALLOW
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(program, 56, flag) == refused(errno.EPERM)


@only_x86
def test_clone3_does_not_exist_without_sys_admin(program: bytes) -> None:
    assert answer(program, 435) == refused(errno.ENOSYS)
    assert answer(compiler.compile(frozenset({"CAP_SYS_ADMIN"})), 435) == ALLOW


@only_x86
@pytest.mark.parametrize(("family", "allowed"), [(2, True), (16, True), (38, False), (39, True), (40, False)])
def test_socket_families(program: bytes, family: int, allowed: bool) -> None:
    assert (answer(program, 41, family) == ALLOW) is allowed


@only_x86
def test_personality_keeps_address_randomisation(program: bytes) -> None:
    assert answer(program, 135, 0xFFFFFFFF) == ALLOW
    assert answer(program, 135, 0x0040000) == refused(errno.EPERM)


@only_x86
def test_calls_of_the_future_do_not_exist(program: bytes) -> None:
    assert answer(program, 467) == refused(errno.ENOSYS)
    assert answer(program, 100000) == refused(errno.ENOSYS)


@only_x86
def test_the_32_bit_conventions_are_filtered_too(program: bytes) -> None:
    assert answer(program, 3, arch=0x40000003) == ALLOW  # read
    assert answer(program, 21, arch=0x40000003) == refused(errno.EPERM)  # mount
    assert answer(program, 0x40000000 | 165) == refused(errno.EPERM)  # mount, x32


@only_x86
def test_a_capability_brings_its_calls(program: bytes) -> None:
    assert answer(program, 227) == refused(errno.EPERM)  # clock_settime
    assert answer(compiler.compile(frozenset({"CAP_SYS_TIME"})), 227) == ALLOW


def test_an_unknown_architecture_is_killed(program: bytes) -> None:
    assert answer(program, 0, arch=0x12345678) & 0x7FFF0000 == 0


def test_the_cache_is_used_and_keyed_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compiler.compile(frozenset(), cache=tmp_path)
    monkeypatch.setattr(compiler, "_build", lambda *_arguments: b"other")
    assert compiler.compile(frozenset(), cache=tmp_path) == first
    assert compiler.compile(frozenset({"CAP_BPF"}), cache=tmp_path) == b"other"


@only_x86
def test_a_profile_of_the_users() -> None:
    text = """{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13},
        {"name": "personality", "action": "SCMP_ACT_ERRNO",
         "args": [{"index": 0, "value": 15, "valueTwo": 8, "op": "SCMP_CMP_MASKED_EQ"}]},
        {"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"}]}"""
    program = compiler.compile(frozenset(), documents.parse(text))
    assert answer(program, 83) == refused(errno.EACCES)
    assert answer(program, 165) == ALLOW
    assert answer(program, 135, 0x18) == refused(errno.EPERM)
    assert answer(program, 135, 0x19) == ALLOW


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"defaultAction": "nonsense"}', '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [3]}',
     '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [1], "action": "SCMP_ACT_ALLOW"}]}',
     '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_ALLOW", "args": [{"index": 9}]}]}'],
)  # fmt: skip
def test_bad_profiles_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Decoding seccomp profile failed: "):
        documents.parse(text)


def test_no_call_is_listed_twice_without_a_condition() -> None:
    free = [rule for rule in profile.DEFAULT.rules if not (rule.tests or rule.needs or rule.machines)]
    names = [name for rule in free for name in rule.names]
    assert len(names) == len(set(names))
