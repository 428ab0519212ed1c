"""New namespaces for a child; the test's own process stays where it is."""

from __future__ import annotations

import os
import socket

from runtime.kernel import syscalls
from runtime.primitives import namespaces


def test_a_host_name_of_ones_own() -> None:
    before = socket.gethostname()

    def rename() -> int:
        syscalls.sethostname("another")
        return 0 if socket.gethostname() == "another" else 1

    assert namespaces.isolated(rename, "uts") == 0
    assert socket.gethostname() == before


def test_process_1_of_a_new_pid_namespace() -> None:
    assert namespaces.isolated(lambda: 0 if os.getpid() == 1 else 1, "pid") == 0


def test_a_new_network_has_only_lo() -> None:
    def only_lo() -> int:
        return 0 if [name for _number, name in socket.if_nameindex()] == ["lo"] else 1

    assert namespaces.isolated(only_lo, "net") == 0


def test_mounts_do_not_reach_the_host() -> None:
    def mount() -> int:
        syscalls.mount("none", "/mnt", "tmpfs")
        return 0 if os.path.ismount("/mnt") else 1

    before = os.path.ismount("/mnt")
    assert namespaces.isolated(mount, "mnt") == 0
    assert os.path.ismount("/mnt") == before


def test_entering_anothers_namespaces() -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        namespaces.leave("uts")
        syscalls.sethostname("inside")
        os.write(writing, b"x")
        os.read(reading, 0)
        os.kill(os.getpid(), 19)  # stay, stopped
        os._exit(0)
    os.read(reading, 1)

    def look() -> int:
        namespaces.enter(child, "uts")
        return 0 if socket.gethostname() == "inside" and "uts" in namespaces.shared(child) else 1

    try:
        assert namespaces.isolated(look) == 0
        assert "uts" not in namespaces.shared(child)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
