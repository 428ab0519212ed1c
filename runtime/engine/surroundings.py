"""What the machine gives a container: gathered here, so that the planner stays pure."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..box.plan import Surroundings
from ..errors import BadRequest, Conflict, StartFailed
from ..model.container import Container
from ..primitives import cgroups, layers
from ..primitives.confinement import capabilities, compiler, documents, masks, profile
from . import groups

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]


def of(engine: Engine, container: Container) -> Surroundings:
    """Gather what the plan of one start needs to know."""
    host = container.host
    folder = engine.containers.records.path(container.id)
    privileged = bool(host["Privileged"])
    granted = capabilities.decide(host["CapAdd"] or (), host["CapDrop"] or (), privileged=privileged)
    mounted = cgroups.mounted()
    lowers = engine.layers.short_names(engine.images.lowers(engine.images.find(container.image)))
    return Surroundings(
        folder=str(folder),
        layers=str(engine.layers.folder),
        overlay=layers.options(lowers, str(folder / "upper"), str(folder / "work")),
        cgroup=groups.name(container.id),
        controllers=mounted.mount_options,
        cgroup2=mounted.unified,
        capabilities=granted,
        seccomp=_filter(host, granted, engine.settings.data_root),
        masked=() if privileged else tuple(_or_default(host, "MaskedPaths", masks.MASKED)),
        protected=() if privileged else tuple(_or_default(host, "ReadonlyPaths", masks.READ_ONLY)),
        devices=tuple(devices(host)),
        rlimits=tuple(_rlimits(host)),
        own_network=host["NetworkMode"] != "host",
        joined=("ipc",) if host["IpcMode"].startswith("container:") else (),
    )


def _or_default(host: JSON, field: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = host.get(field)
    return default if value is None else tuple(value)


def _filter(host: JSON, granted: frozenset[str], cache: Path) -> bytes | None:
    if host["Privileged"]:
        return None
    asked = security_option(host, "seccomp")
    if asked == "unconfined":
        return None
    return _compiled(granted, None if asked == "builtin" else asked, cache)


@functools.lru_cache(maxsize=32)
def _compiled(granted: frozenset[str], document: str | None, cache: Path) -> bytes:
    try:
        rules = profile.DEFAULT if document is None else documents.parse(document)
    except ValueError as error:
        raise BadRequest(str(error)) from None
    return compiler.compile(granted, rules, cache=cache / "seccomp")


def security_option(host: JSON, name: str) -> str | None:
    """Give the value of one --security-opt (name=value or name:value)."""
    for option in host["SecurityOpt"] or ():
        match = re.match(r"([a-z-]+)[=:](.*)", option, re.DOTALL)
        if match and match[1] == name:
            return match[2]
    return None


def _rlimits(host: JSON) -> list[tuple[str, int, int]]:
    return [(limit["Name"], limit["Soft"], limit["Hard"]) for limit in host["Ulimits"] or ()]


def devices(host: JSON) -> list[JSON]:
    """Describe the device nodes of --device, or every one of the host's for --privileged."""
    if host["Privileged"]:
        return [_node(path, path) for path in _all_devices("/dev")]
    found: list[JSON] = []
    for device in host["Devices"] or ():
        origin, path = device["PathOnHost"], device.get("PathInContainer") or device["PathOnHost"]
        if os.path.isdir(origin):
            found += [_node(one, path + one.removeprefix(origin)) for one in _all_devices(origin)]
        elif not os.path.exists(origin):
            raise StartFailed(f'error gathering device information while adding custom device "{origin}": '
                              "no such file or directory", code=125)
        else:
            found.append(_node(origin, path))
    return found


_OURS = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/console", "/dev/ptmx"}
_SKIPPED = {"pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev"}


def _all_devices(folder: str) -> list[str]:
    found: list[str] = []
    for entry in os.scandir(folder):
        if entry.is_symlink() or entry.name in _SKIPPED:
            continue
        if entry.is_dir():
            found += _all_devices(entry.path)
        elif entry.path not in _OURS and stat.S_IFMT(entry.stat().st_mode) in (stat.S_IFBLK, stat.S_IFCHR):
            found.append(entry.path)
    return found


def _node(origin: str, path: str) -> JSON:
    status = os.stat(origin)
    return {
        "op": "device",
        "path": path,
        "kind": "b" if stat.S_ISBLK(status.st_mode) else "c",
        "major": os.major(status.st_rdev),
        "minor": os.minor(status.st_rdev),
        "mode": stat.S_IMODE(status.st_mode),
        "uid": status.st_uid,
        "gid": status.st_gid,
    }


def namespaces(engine: Engine, container: Container, files: contextlib.ExitStack) -> dict[str, int]:
    """Open the namespaces that the container shares with others; closed with `files`."""
    opened: dict[str, int] = {}
    for name, field in (("pid", "PidMode"), ("ipc", "IpcMode")):
        mode = container.host[field]
        if mode.startswith("container:"):
            pid = _running(engine, mode.removeprefix("container:"))
            fd = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
            files.callback(os.close, fd)
            opened[name] = fd
    return opened


def _running(engine: Engine, ref: str) -> int:
    other = engine.containers.find(ref)
    if not other.state.running:
        raise Conflict(f"cannot join the namespace of a non running container: {other.id}")
    return other.state.pid


_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def rotation(log: JSON) -> JSON:
    """Read max-size and max-file of --log-opt; sizes in bytes, 0 for no limit."""
    options = log["Config"]
    match = re.fullmatch(r"(\d+)([bkmg]?)b?", str(options.get("max-size", "0")).lower())
    if match is None:
        raise BadRequest(f"invalid value for max-size: {options['max-size']}")
    files = str(options.get("max-file", "1"))
    if not files.isdigit() or int(files) < 1:
        raise BadRequest(f"max-file cannot be less than 1: {files}")
    return {"max_size": int(match[1]) * _UNITS[match[2]], "max_files": int(files)}
