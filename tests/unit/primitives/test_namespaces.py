"""Namespaces as seen from inside, without making any."""

from __future__ import annotations

import os

import pytest

from runtime.primitives import namespaces


def test_a_process_shares_all_with_itself() -> None:
    assert namespaces.shared("self", os.getpid()) == frozenset(namespaces.of())
    assert {"mnt", "pid", "net", "uts", "ipc"} <= set(namespaces.of())


def test_no_process_has_none() -> None:
    with pytest.raises(ProcessLookupError, match="no process 4194999"):
        namespaces.of(4194999)


def test_flags_combine() -> None:
    assert namespaces.flags(["uts", "net"]) == 0x4000000 | 0x40000000
    with pytest.raises(KeyError):
        namespaces.flags(["nothing"])
