"""The walls from inside: a child drops its rights and loads the filter, then tries what it may not."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

import pytest

from runtime.kernel import syscalls
from runtime.primitives import namespaces
from runtime.primitives.confinement import capabilities, compiler, seccomp


def status() -> dict[str, str]:
    with open("/proc/self/status", encoding="utf-8", errors="replace") as file:
        return {key: value.strip() for key, _colon, value in (line.partition(":") for line in file)}


def inside(check: Callable[[], bool]) -> bool:
    """Run `check` in a child that nothing survives of."""
    return namespaces.isolated(lambda: 0 if check() else 1) == 0


def refused(call: Callable[[], object], number: int = errno.EPERM) -> bool:
    try:
        call()
    except OSError as error:
        return error.errno == number
    return False


def test_roots_sets_after_dropping() -> None:
    def check() -> bool:
        capabilities.apply(capabilities.DEFAULT, uid=0, gid=0, groups=())
        sets = status()
        wanted = capabilities.mask(capabilities.DEFAULT)
        return [int(sets[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")] == [
            0, wanted, wanted, wanted, 0,
        ]  # fmt: skip

    assert inside(check)


def test_a_user_has_no_capability_but_a_bounding_set() -> None:
    def check() -> bool:
        capabilities.apply(capabilities.DEFAULT, uid=1000, gid=1001, groups=(29, 44))
        sets = status()
        ids = os.getresuid() == (1000,) * 3 and os.getresgid() == (1001,) * 3 and os.getgroups() == [29, 44]
        return ids and all(int(sets[name], 16) == 0 for name in ("CapPrm", "CapEff", "CapAmb", "CapInh"))

    assert inside(check)


def test_root_cannot_mount_without_sys_admin() -> None:
    def check() -> bool:
        capabilities.apply(capabilities.DEFAULT, uid=0, gid=0, groups=())
        return refused(lambda: syscalls.mount("none", "/mnt", "tmpfs"))

    assert inside(check)


def test_the_filter_holds() -> None:
    program = compiler.compile(capabilities.DEFAULT)

    def check() -> bool:
        seccomp.load(program)
        return (
            status()["Seccomp"] == "2"
            and refused(lambda: syscalls.unshare(syscalls.CLONE_NEWUTS))
            and refused(syscalls.join_new_session_keyring)
            and os.waitstatus_to_exitcode(os.system("true")) == 0
        )

    assert inside(check)


@pytest.mark.parametrize("program", [b"", b"1234567", bytes(8 * 5000)])
def test_what_is_no_program_is_not_loaded(program: bytes) -> None:
    with pytest.raises(ValueError, match="not a filter program"):
        seccomp.load(program)
