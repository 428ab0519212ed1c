"""From a container's record to the list of operations that starts it: pure, so that it can be printed and tested.

A plan has two parts. `first` is what every ordinary container begins with and may have been done ahead of time
by a box that waits in the pool; `rest` is the container's own. `exec`, build steps and health checks are plans
too: they join namespaces instead of making them, and share everything after that.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..model.container import Container, Mount

JSON = dict[str, Any]

DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHM_SIZE = 64 << 20

# What an ordinary container begins with; `net` comes with the sandbox.
FIRST: tuple[JSON, ...] = (
    {"op": "session"},
    {"op": "join", "namespaces": ["net"], "file": "net"},
    {"op": "unshare", "namespaces": ["mnt", "uts", "ipc"]},
    {"op": "propagate", "path": "/", "mode": "rslave"},
)

_DEV_LINKS = (
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
    ("/proc/kcore", "/dev/core"),
    ("pts/ptmx", "/dev/ptmx"),
)
_DEV_NODES = (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the plan needs to know of the machine; decided by the engine, so that the planner asks nobody."""

    folder: str  # the container's, on the host
    layers: str  # folder that `overlay` is relative to
    overlay: str  # options of the overlay mount: lowerdir=…,upperdir=…,workdir=…
    cgroup: str  # name of its control group
    controllers: tuple[str, ...] = ()  # cgroup v1 hierarchies, by mount option ("memory", "name=systemd")
    cgroup2: bool = False
    capabilities: frozenset[str] = frozenset()
    seccomp: bytes | None = None
    masked: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    devices: tuple[JSON, ...] = ()  # more device operations: --device, --privileged
    rlimits: tuple[tuple[str, int, int], ...] = ()
    own_network: bool = True  # a network namespace comes as the file `net`
    own_pid: bool = True
    joined: tuple[str, ...] = ()  # namespaces of others that come as files: "ipc", "uts"


@dataclass(frozen=True, slots=True)
class Plan:
    """The operations of one start, in order."""

    first: tuple[JSON, ...]
    rest: tuple[JSON, ...]

    @property
    def operations(self) -> tuple[JSON, ...]:
        """Both parts."""
        return self.first + self.rest

    @property
    def ordinary(self) -> bool:
        """Whether a box from the pool will do."""
        return self.first == FIRST


def start(container: Container, around: Surroundings) -> Plan:
    """Plan the start of a container."""
    return Plan(
        tuple(_first(container, around)),
        (
            *_groups(container, around),
            *_root(container, around),
            *_mounts(container, around),
            {"op": "pivot"},
            *_names(container),
            *_workdir(container.config.get("WorkingDir") or "/"),
            *_user(container.config.get("User") or "", container),
            *_streams(container),
            *_walls(container, around),
            *_rights(container, around),
            *([{"op": "reap", "arguments": list(container.args)}] if container.host.get("Init") else ()),
            {"op": "execute", "arguments": list(container.args), "environment": environment(container)},
        ),
    )


def execution(container: Container, request: JSON, around: Surroundings) -> Plan:
    """Plan a `docker exec`: join the container `container` and run `request` (Engine API, ExecConfig) in it.

    The namespaces come by way of the file `process`, a pidfd of the container's process 1.
    """
    shared = [name for name in ("ipc", "net", "uts", "cgroup") if name not in around.joined]
    user = request.get("User") or container.config.get("User") or ""
    variables = merged(environment(container, tty=bool(request.get("Tty"))), request.get("Env") or ())
    arguments = list(request.get("Cmd") or ())
    return Plan(
        (),
        (
            {"op": "session"},
            {"op": "cgroup", "name": around.cgroup},
            *({"op": "rlimit", "name": name, "soft": soft, "hard": hard} for name, soft, hard in around.rlimits),
            {"op": "join", "namespaces": [*shared, "mnt"], "file": "process"},
            *_user(user, container),
            *_terminal_or_pipes(tty=bool(request.get("Tty")), stdin=bool(request.get("AttachStdin")), console=False),
            *_workdir(request.get("WorkingDir") or container.config.get("WorkingDir") or "/", make=False),
            *_rights(container, around),
            {"op": "execute", "arguments": arguments, "environment": variables},
        ),
    )


def _first(container: Container, around: Surroundings) -> Iterable[JSON]:
    host = container.host
    yield {"op": "session"}
    if around.own_network:
        yield {"op": "join", "namespaces": ["net"], "file": "net"}
    for name in around.joined:
        yield {"op": "join", "namespaces": [name], "file": name}
    shared = {"uts": host.get("UTSMode") == "host", "ipc": host.get("IpcMode") == "host" or "ipc" in around.joined}
    yield {"op": "unshare", "namespaces": ["mnt", *(name for name in ("uts", "ipc") if not shared[name])]}
    yield {"op": "propagate", "path": "/", "mode": _root_propagation(container.mounts)}


def _root_propagation(mounts: Sequence[Mount]) -> str:
    """Mounts that are to reach the host need a namespace that is still its peer; all others a slave of it."""
    return "rshared" if any(mount.propagation in ("shared", "rshared") for mount in mounts) else "rslave"


def _groups(container: Container, around: Surroundings) -> Iterable[JSON]:
    yield {"op": "cgroup", "name": around.cgroup}
    if container.host.get("CgroupnsMode") != "host":
        yield {"op": "unshare", "namespaces": ["cgroup"]}
    if adjustment := container.host.get("OomScoreAdj"):
        yield {"op": "write", "path": "/proc/self/oom_score_adj", "value": str(adjustment)}
    for name, soft, hard in around.rlimits:
        yield {"op": "rlimit", "name": name, "soft": soft, "hard": hard}


def _root(container: Container, around: Surroundings) -> Iterable[JSON]:
    target = f"{around.folder}/merged"
    yield {"op": "overlay", "options": around.overlay, "folder": around.layers, "target": target}
    yield _mount("proc", "/proc", ["nosuid", "noexec", "nodev"])
    yield _mount("tmpfs", "/dev", ["nosuid", "strictatime"], "mode=755,size=65536k")
    yield _mount("devpts", "/dev/pts", ["nosuid", "noexec"], "newinstance,ptmxmode=0666,mode=0620,gid=5")
    yield from _devices(around)
    yield _mount("sysfs", "/sys", ["nosuid", "noexec", "nodev", *_unless_privileged(container)])
    yield from _cgroup_mounts(container, around)
    if "ipc" in around.joined or container.host.get("IpcMode") == "host":
        yield {"op": "bind", "source": "/dev/mqueue", "target": "/dev/mqueue", "writable": True}
    else:
        yield _mount("mqueue", "/dev/mqueue", ["nosuid", "noexec", "nodev"])
    if container.host.get("IpcMode") == "host":
        yield {"op": "bind", "source": "/dev/shm", "target": "/dev/shm", "writable": True}
    elif not any(mount.destination == "/dev/shm" for mount in container.mounts):
        size = container.host.get("ShmSize") or SHM_SIZE
        yield _mount("tmpfs", "/dev/shm", ["nosuid", "noexec", "nodev"], f"mode=1777,size={size}", source="shm")


def _mount(fstype: str, target: str, options: list[str], data: str = "", *, source: str = "") -> JSON:
    return {
        "op": "mount",
        "fstype": fstype,
        "source": source or fstype,
        "target": target,
        "options": options,
        **({"data": data} if data else {}),
    }


def _unless_privileged(container: Container) -> list[str]:
    return [] if container.host.get("Privileged") else ["ro"]


def _devices(around: Surroundings) -> Iterable[JSON]:
    for name, minor in _DEV_NODES:
        yield {"op": "device", "path": f"/dev/{name}", "kind": "c", "major": 1, "minor": minor, "mode": 0o666}
    yield {"op": "device", "path": "/dev/tty", "kind": "c", "major": 5, "minor": 0, "mode": 0o666}
    for target, path in _DEV_LINKS:
        yield {"op": "link", "target": target, "path": path}
    yield from around.devices


def _cgroup_mounts(container: Container, around: Surroundings) -> Iterable[JSON]:
    limits = ["nosuid", "noexec", "nodev", *_unless_privileged(container)]
    if around.cgroup2:
        yield _mount("cgroup2", "/sys/fs/cgroup", limits, source="cgroup")
        return
    if not around.controllers:
        return
    yield _mount("tmpfs", "/sys/fs/cgroup", ["nosuid", "noexec", "nodev"], "mode=755")
    for controller in around.controllers:
        folder = controller.removeprefix("name=")
        data = f"none,{controller}" if controller.startswith("name=") else controller
        yield _mount("cgroup", f"/sys/fs/cgroup/{folder}", limits, data)


def _mounts(container: Container, around: Surroundings) -> Iterable[JSON]:
    taken = {mount.destination.rstrip("/") for mount in container.mounts}
    for mount in sorted(container.mounts, key=lambda one: one.destination.count("/")):
        if mount.kind == "tmpfs":
            yield _tmpfs(mount)
        else:
            yield _bind(mount)
    for name in ("resolv.conf", "hostname", "hosts"):
        if f"/etc/{name}" not in taken:
            yield {"op": "bind", "source": f"{around.folder}/{name}", "target": f"/etc/{name}", "recursive": False}


def _bind(mount: Mount) -> JSON:
    return {
        "op": "bind",
        "source": mount.source,
        "target": mount.destination,
        "writable": mount.writable,
        "recursive": not mount.options.get("NonRecursive", False),
        "propagation": mount.propagation or "rprivate",
    }


def _tmpfs(mount: Mount) -> JSON:
    """Options as `--tmpfs` takes them: flags become flags, the rest is the file system's own."""
    known = {"ro", "nosuid", "nodev", "noexec", "noatime", "relatime", "strictatime"}
    negated = {"rw": "ro", "suid": "nosuid", "dev": "nodev", "exec": "noexec"}
    options, data = {"nosuid", "nodev", "noexec"}, []
    for word in filter(None, mount.mode.split(",")):
        if word in known:
            options.add(word)
        elif word in negated:
            options.discard(negated[word])
        else:
            data.append(word)
    return _mount("tmpfs", mount.destination, sorted(options), ",".join(data))


def _names(container: Container) -> Iterable[JSON]:
    if container.host.get("UTSMode") != "host":
        name = container.config.get("Hostname") or container.id[:12]
        domain = container.config.get("Domainname") or ""
        yield {"op": "hostname", "name": name, **({"domain": domain} if domain else {})}
    for key, value in sorted((container.host.get("Sysctls") or {}).items()):
        yield {"op": "write", "path": f"/proc/sys/{key.replace('.', '/')}", "value": str(value)}


def _user(spec: str, container: Container) -> Iterable[JSON]:
    yield {"op": "user", "spec": spec, "groups": [str(group) for group in container.host.get("GroupAdd") or ()]}


def _streams(container: Container) -> Iterable[JSON]:
    return _terminal_or_pipes(tty=container.tty, stdin=bool(container.config.get("OpenStdin")), console=True)


def _terminal_or_pipes(*, tty: bool, stdin: bool, console: bool) -> Iterable[JSON]:
    if tty:
        yield {"op": "terminal", "console": console}
    else:
        yield {"op": "stdio", "stdin": "stdin" if stdin else None, "stdout": "stdout", "stderr": "stderr"}


def _walls(container: Container, around: Surroundings) -> Iterable[JSON]:
    if around.protected:
        yield {"op": "protect", "paths": list(around.protected)}
    if around.masked:
        yield {"op": "mask", "paths": list(around.masked)}
    if around.controllers and not container.host.get("Privileged") and not around.cgroup2:
        yield {"op": "read only", "path": "/sys/fs/cgroup"}
    if container.host.get("ReadonlyRootfs"):
        yield {"op": "read only", "path": "/"}


def _workdir(path: str, *, make: bool = True) -> Iterable[JSON]:
    yield {"op": "workdir", "path": path} | ({} if make else {"make": False})


def _rights(container: Container, around: Surroundings) -> Iterable[JSON]:
    """The filter needs CAP_SYS_ADMIN or no_new_privs to be loaded (seccomp(2)), so it comes before or after."""
    unprivileged = "no-new-privileges" in _security(container)
    if around.seccomp and not unprivileged:
        yield _filter(around.seccomp)
    yield {"op": "become", "capabilities_kept": sorted(around.capabilities)}
    if unprivileged:
        yield {"op": "no new privileges"}
        if around.seccomp:
            yield _filter(around.seccomp)


def _security(container: Container) -> set[str]:
    options = container.host.get("SecurityOpt") or ()
    return {option.replace("=", ":").removesuffix(":true") for option in options}


def _filter(program: bytes) -> JSON:
    return {"op": "filter", "program": base64.b64encode(program).decode("ascii")}


def merged(variables: Sequence[str], more: Iterable[str]) -> list[str]:
    """Let later KEY=value entries replace earlier ones in place; a KEY alone removes it, as Docker has it."""
    result = {entry.partition("=")[0]: entry for entry in variables}
    for entry in more:
        key, equals, _value = entry.partition("=")
        if equals:
            result[key] = entry
        else:
            result.pop(key, None)
    return list(result.values())


def environment(container: Container, *, tty: bool | None = None) -> list[str]:
    """Give the environment of a process in the container: Docker's few, then the image's and the user's."""
    base = [DEFAULT_PATH, f"HOSTNAME={container.config.get('Hostname') or container.id[:12]}"]
    if container.tty if tty is None else tty:
        base.append("TERM=xterm")
    return merged(base, container.config.get("Env") or ())
