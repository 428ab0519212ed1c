"""`docklab doctor`: what this machine offers and what it lacks, before anything goes wrong."""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from . import app, places, surroundings

NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
SPACE = 2 << 30  # bytes that the course images and their archives need


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is as it should be, and what to do if not."""

    subject: str
    fine: bool
    found: str
    remedy: str = ""


@click.command("doctor")
def command() -> None:
    """Look at this machine; exit code 1 when the engine cannot work on it."""
    findings = [finding for look in LOOKS for finding in look()]
    for finding in findings:
        mark = click.style("ok  ", fg="green") if finding.fine else click.style("FAIL", fg="red")
        click.echo(f"{mark}  {finding.subject:24} {finding.found}")
        if not finding.fine:
            click.echo(f"{'':30} {finding.remedy}")
    if not all(finding.fine for finding in findings):
        raise click.exceptions.Exit(1)


def user() -> Iterator[Finding]:
    """Look at who asks."""
    yield Finding("root", os.geteuid() == 0, f"user id {os.geteuid()}", "the engine needs root: sudo ./docklab up")


def python() -> Iterator[Finding]:
    """Look at the interpreter and at the packages beside this one."""
    yield Finding("python", sys.version_info >= (3, 11), sys.version.split()[0], "Python 3.11 or newer is needed")
    problem = app.stranger()
    yield Finding("packages", not problem, problem or str(app.ROOT), "take the other folder off PYTHONPATH")
    for name in ("anyio", "h11", "pyroute2", "pyseccomp", "jupyterlab", "anywidget"):
        there = importlib.util.find_spec(name) is not None
        yield Finding(name, there, "installed" if there else "missing", "remove .venv and call ./docklab again")


def kernel() -> Iterator[Finding]:
    """Look at namespaces, control groups, the overlay file system and seccomp."""
    missing = [name for name in NAMESPACES if not Path(f"/proc/self/ns/{name}").exists()]
    yield Finding("namespaces", not missing, f"missing: {', '.join(missing)}" if missing else "all seven",
                  "a kernel with namespaces is needed")
    systems = Path("/proc/filesystems").read_text().split()
    yield Finding("overlay", "overlay" in systems or Path("/sys/module/overlay").exists(), "file system",
                  "modprobe overlay")
    groups = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines() if " cgroup" in line]
    kinds = sorted({fields[2] for fields in groups})
    writable = any("rw" in fields[3].split(",") for fields in groups)
    yield Finding("control groups", writable, ", ".join(kinds) or "not mounted",
                  "mount them writable: mount -t cgroup2 none /sys/fs/cgroup")
    status = Path("/proc/self/status").read_text()
    yield Finding("seccomp", "Seccomp:" in status, "in the kernel", "a kernel with CONFIG_SECCOMP_FILTER is needed")


def tools() -> Iterator[Finding]:
    """Look at libraries and programs of the machine."""
    library = ctypes.util.find_library("seccomp")
    yield Finding("libseccomp", library is not None, library or "missing", "apt-get install libseccomp2")
    for program, package in {"mmdebstrap": "mmdebstrap", "ps": "procps"}.items():
        path = shutil.which(program)
        yield Finding(program, path is not None, path or "missing", f"apt-get install {package}")
    client = surroundings.CLIENTS / "docker"
    yield Finding("docker client", os.access(client, os.X_OK), str(client), "this copy of docklab is not complete")


def devices() -> Iterator[Finding]:
    """Look at the terminals and at the forwarding of packets."""
    yield Finding("terminals", Path("/dev/ptmx").exists(), "/dev/ptmx", "mount -t devpts devpts /dev/pts")
    forward = Path("/proc/sys/net/ipv4/ip_forward")
    fine = forward.exists() and (forward.read_text().strip() == "1" or os.access(forward, os.W_OK))
    yield Finding("packet forwarding", fine, "net.ipv4.ip_forward", "sysctl -w net.ipv4.ip_forward=1")


def disk() -> Iterator[Finding]:
    """Look at the room for images."""
    folder = places.find().data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    yield Finding("disk", free >= SPACE, f"{free / 1e9:.1f} GB free at {folder}",
                  "free 2 GB, or choose another folder with DOCKLAB_STATE")


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (user, python, kernel, tools, devices, disk)
