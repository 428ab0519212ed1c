"""What the daemon says of itself and of its machine: `docker version`, `docker info`, `docker system df`."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.container import Container
from ..model.image import Image
from ..model.states import Status
from . import clock

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]

VERSION = "0.1.0"
API_VERSION = (1, 47)
API_MINIMUM = (1, 24)

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_CGROUP = Path("/sys/fs/cgroup")


def architecture() -> str:
    """Name this machine's architecture as images do."""
    machine = os.uname().machine
    return _ARCHITECTURES.get(machine, machine)


def dotted(version: tuple[int, int]) -> str:
    """Write an API version."""
    return f"{version[0]}.{version[1]}"


class System:
    """Answers about the daemon as a whole. Keeps nothing; counts when it is asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def version(self) -> JSON:
        """Give the versions of the daemon and of what it runs on."""
        kernel = os.uname().release
        shared: JSON = {
            "ApiVersion": dotted(API_VERSION),
            "MinAPIVersion": dotted(API_MINIMUM),
            "GitCommit": "",
            "GoVersion": f"none (Python {platform.python_version()})",
            "Os": "linux",
            "Arch": architecture(),
            "KernelVersion": kernel,
            "BuildTime": "",
        }
        details = {**shared, "Experimental": "false"}
        engine = {"Name": "Engine", "Version": VERSION, "Details": details}
        return {"Platform": {"Name": "docklab"}, "Components": [engine], "Version": VERSION, **shared}

    async def info(self) -> JSON:
        """Give what `docker info` shows."""
        containers = self.engine.containers.all()
        return {
            "ID": identity(self.engine.settings.data_root),
            **_counts(containers),
            "Images": len(self.engine.images.all()),
            **self._storage(),
            **_kernel_features(),
            **_host(),
            **self._daemon(),
            **_constants(),
        }

    def _storage(self) -> JSON:
        settings = self.engine.settings
        return {
            "Driver": "overlay2",
            "DriverStatus": [["Backing Filesystem", _file_system(settings.data_root)], ["Supports d_type", "true"]],
            "DockerRootDir": str(settings.data_root),
            "Plugins": {
                "Volume": ["local"],
                "Network": ["bridge", "host", "null"],
                "Authorization": None,
                "Log": ["json-file", "local", "none"],
            },
        }

    def _daemon(self) -> JSON:
        settings = self.engine.settings
        return {
            "Debug": settings.debug,
            "NFd": len(os.listdir("/proc/self/fd")),
            "NGoroutines": len(os.listdir("/proc/self/task")),
            "NEventsListener": self.engine.events.subscribers,
            "SystemTime": clock.now(),
            "RegistryConfig": _registries(settings.insecure_registries, settings.registry_mirrors),
            "Labels": list(settings.labels),
            "LiveRestoreEnabled": settings.live_restore,
            "ServerVersion": VERSION,
        }

    async def df(self, kinds: Collection[str]) -> Usage:
        """Count what fills the disk; what is not among `kinds` is left out where it is dear to count."""
        images, containers = self.engine.images.all(), self.engine.containers.all()
        usage = Usage(images, containers)
        if "container" in kinds:
            own = await self.engine.in_thread(self._sizes, containers)
            below = {image.id: image.size for image in images}
            usage.sizes = {one: (size, size + below.get(image, 0)) for one, image, size in own}
        if "volume" in kinds:
            usage.volumes = await self.engine.volumes.usage()
        return usage

    def _sizes(self, containers: list[Container]) -> list[tuple[str, str, int]]:
        return [(one.id, one.image, self.engine.containers.size(one)) for one in containers]


@dataclass(slots=True)
class Usage:
    """What is on the disk. Layers are shared between images, so their sum is less than that of the images."""

    images: list[Image]
    containers: list[Container]
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)  # container -> own layer, with its image
    volumes: list[JSON] = field(default_factory=list)

    @property
    def layers(self) -> int:
        """Bytes of all layers, each counted once."""
        return sum(self._each().values())

    def uses(self, image: Image) -> int:
        """How many containers there are of an image."""
        return sum(one.image == image.id for one in self.containers)

    def shared(self, image: Image) -> int:
        """Bytes of an image that another image has too."""
        others = {layer for other in self.images if other.id != image.id for layer in other.layers}
        sizes = self._each()
        return sum(sizes[layer] for layer in image.layers if layer in others)

    def _each(self) -> dict[str, int]:
        """Give the size of every layer: an image's size less what is below its last layer."""
        whole = {image.layers: image.size for image in self.images}
        sizes: dict[str, int] = {}
        for layers, size in sorted(whole.items(), key=lambda pair: len(pair[0])):
            missing = [layer for layer in layers if layer not in sizes]
            known = sum(sizes.get(layer, 0) for layer in layers)
            sizes |= dict.fromkeys(missing[:-1], 0)
            sizes |= {missing[-1]: max(0, size - known)} if missing else {}
        return sizes


def identity(data_root: Path) -> str:
    """Give the daemon's id: as long as its data root is on this machine, it is the same."""
    try:
        machine = Path("/etc/machine-id").read_text().strip()
    except OSError:
        machine = platform.node()
    digest = hashlib.sha256(f"{machine}:{data_root}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def _counts(containers: list[Container]) -> JSON:
    statuses = [container.state.status for container in containers]
    paused = statuses.count(Status.PAUSED)
    running = statuses.count(Status.RUNNING) + statuses.count(Status.RESTARTING)
    return {
        "Containers": len(statuses),
        "ContainersRunning": running,
        "ContainersPaused": paused,
        "ContainersStopped": len(statuses) - running - paused,
    }


@functools.cache
def cgroup_version() -> str:
    """Say which version of control groups is mounted: 2 where there is nothing else."""
    return "2" if (_CGROUP / "cgroup.controllers").exists() else "1"


@functools.cache
def _controllers() -> frozenset[str]:
    try:
        if cgroup_version() == "2":
            return frozenset((_CGROUP / "cgroup.controllers").read_text().split())
        lines = Path("/proc/cgroups").read_text().splitlines()[1:]
    except OSError:
        return frozenset()
    return frozenset(line.split()[0] for line in lines if line.split()[3] == "1")


def _kernel_features() -> JSON:
    have, second = _controllers(), cgroup_version() == "2"
    memory = "memory" in have
    swap = memory and (second or (_CGROUP / "memory/memory.memsw.limit_in_bytes").exists())
    return {
        "MemoryLimit": memory,
        "SwapLimit": swap,
        "KernelMemory": memory and not second,
        "KernelMemoryTCP": memory and not second,
        "OomKillDisable": memory and not second,
        "CpuCfsPeriod": "cpu" in have,
        "CpuCfsQuota": "cpu" in have,
        "CPUShares": "cpu" in have,
        "CPUSet": "cpuset" in have,
        "PidsLimit": "pids" in have,
        "IPv4Forwarding": _switch("/proc/sys/net/ipv4/ip_forward"),
        "BridgeNfIptables": _switch("/proc/sys/net/bridge/bridge-nf-call-iptables"),
        "BridgeNfIp6tables": _switch("/proc/sys/net/bridge/bridge-nf-call-ip6tables"),
        "CgroupDriver": "cgroupfs",
        "CgroupVersion": cgroup_version(),
        "SecurityOptions": ["name=seccomp,profile=builtin"],
    }


def _switch(path: str) -> bool:
    try:
        return Path(path).read_text().strip() == "1"
    except OSError:
        return False


def _host() -> JSON:
    release = _os_release()
    return {
        "KernelVersion": os.uname().release,
        "OperatingSystem": release.get("PRETTY_NAME", "Linux"),
        "OSVersion": release.get("VERSION_ID", ""),
        "OSType": "linux",
        "Architecture": os.uname().machine,
        "NCPU": os.cpu_count() or 1,
        "MemTotal": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "Name": platform.node(),
        "HttpProxy": os.environ.get("HTTP_PROXY", ""),
        "HttpsProxy": os.environ.get("HTTPS_PROXY", ""),
        "NoProxy": os.environ.get("NO_PROXY", ""),
    }


@functools.cache
def _os_release() -> dict[str, str]:
    try:
        return dict(platform.freedesktop_os_release())
    except OSError:
        return {}


def _file_system(path: Path) -> str:
    """Name the file system that holds a path, by the longest mount point above it."""
    best = ("", "unknown")
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _device, where, kind, *_rest = line.split(" ")
        if len(where) >= len(best[0]) and path.is_relative_to(where):
            best = (where, kind)
    return "extfs" if best[1].startswith("ext") else best[1]  # Docker's name for ext2, ext3 and ext4


def _registries(insecure: tuple[str, ...], mirrors: tuple[str, ...]) -> JSON:
    official = {"Name": "docker.io", "Mirrors": list(mirrors), "Secure": True, "Official": True}
    others = {name: {"Name": name, "Mirrors": [], "Secure": False, "Official": False} for name in insecure}
    return {
        "AllowNondistributableArtifactsCIDRs": [],
        "AllowNondistributableArtifactsHostnames": [],
        "InsecureRegistryCIDRs": ["127.0.0.0/8"],
        "IndexConfigs": {"docker.io": official, **others},
        "Mirrors": list(mirrors),
    }


def _constants() -> JSON:
    commit = {"ID": "", "Expected": ""}
    return {
        "LoggingDriver": "json-file",
        "IndexServerAddress": "https://index.docker.io/v1/",
        "GenericResources": None,
        "ExperimentalBuild": False,
        "Runtimes": {"docklab": {"path": "docklab"}},
        "DefaultRuntime": "docklab",
        "Swarm": {
            "NodeID": "",
            "NodeAddr": "",
            "LocalNodeState": "inactive",
            "ControlAvailable": False,
            "Error": "",
            "RemoteManagers": None,
        },
        "Isolation": "",
        "InitBinary": "docklab-init",
        "ContainerdCommit": commit,
        "RuncCommit": commit,
        "InitCommit": commit,
        "CDISpecDirs": [],
        "Warnings": None,
    }
