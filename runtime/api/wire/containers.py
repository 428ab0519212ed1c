"""A container as `docker inspect` and as `docker ps` see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...model import times
from ...model.container import NEVER, Container, Endpoint, Mount, State
from ...model.states import Status
from ...primitives.confinement import masks
from . import units

JSON = dict[str, Any]
Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of a container's own layer, and of that with its image."""

    own: int
    whole: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where a container's files are on the host."""

    folder: Path
    lowers: tuple[str, ...] = ()


def inspect(container: Container, places: Places, *, execs: list[str], sizes: Sizes | None, version: Version) -> JSON:
    """Give everything there is to say about a container."""
    command = container.args
    document: JSON = {
        "Id": container.id,
        "Created": container.created,
        "Path": command[0] if command else "",
        "Args": list(command[1:]),
        "State": state(container.state),
        "Image": container.image,
        **_files(container, places.folder),
        "Name": f"/{container.name}",
        "RestartCount": container.restart_count,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "",
        "ExecIDs": execs or None,
        "HostConfig": host(container),
        "GraphDriver": {"Data": _layers(places), "Name": "overlay2"},
        "Mounts": [mount(one) for one in container.mounts],
        "Config": {**container.config, "Volumes": container.config.get("Volumes") or None},
        "NetworkSettings": networks(container, version),
    }
    if sizes is not None:
        document |= {"SizeRw": sizes.own, "SizeRootFs": sizes.whole}
    return document


def host(container: Container) -> JSON:
    """Give the HostConfig; what the client's structs say without the user having said it is null."""
    asked = container.host
    covered = None if asked.get("Privileged") else list(masks.MASKED)
    fixed = None if asked.get("Privileged") else list(masks.READ_ONLY)
    swappiness = asked.get("MemorySwappiness")
    return {"MaskedPaths": covered, "ReadonlyPaths": fixed} | asked | {
        "PidsLimit": asked.get("PidsLimit") or None,
        "MemorySwappiness": None if swappiness == -1 else swappiness,
    }


def _files(container: Container, folder: Path) -> JSON:
    ever = container.state.started_at != NEVER
    logged = container.host.get("LogConfig", {}).get("Type") != "none"
    return {
        "ResolvConfPath": str(folder / "resolv.conf") if ever else "",
        "HostnamePath": str(folder / "hostname") if ever else "",
        "HostsPath": str(folder / "hosts") if ever else "",
        "LogPath": str(folder / "stream.log") if ever and logged else "",
    }


def _layers(places: Places) -> JSON:
    names = {"MergedDir": "merged", "UpperDir": "upper", "WorkDir": "work"}
    return {"LowerDir": ":".join(places.lowers), **{key: str(places.folder / name) for key, name in names.items()}}


def state(value: State) -> JSON:
    """Give the state; the booleans are derived from the one status."""
    document: JSON = {
        "Status": str(value.status),
        "Running": value.running or value.status is Status.RESTARTING,
        "Paused": value.status is Status.PAUSED,
        "Restarting": value.status is Status.RESTARTING,
        "OOMKilled": value.oom_killed,
        "Dead": value.status is Status.DEAD,
        "Pid": value.pid,
        "ExitCode": value.exit_code,
        "Error": value.error,
        "StartedAt": value.started_at,
        "FinishedAt": value.finished_at,
    }
    if value.health is not None:
        health = value.health
        log = list(health.log)
        document["Health"] = {"Status": health.status, "FailingStreak": health.failing_streak, "Log": log}
    return document


def mount(value: Mount) -> JSON:
    """Give one mount point."""
    document: JSON = {"Type": value.kind}
    if value.name:
        document["Name"] = value.name
    document |= {"Source": value.source, "Destination": value.destination}
    if value.driver:
        document["Driver"] = value.driver
    return document | {"Mode": value.mode, "RW": value.writable, "Propagation": value.propagation}


def networks(container: Container, version: Version) -> JSON:
    """Give the network settings; the fields at the top repeat those of the default bridge."""
    attached = {name: endpoint(container, one, version) for name, one in container.endpoints.items()}
    running = container.state.running
    bridge = container.endpoints.get("bridge", Endpoint()) if running else Endpoint()
    exposed = container.config.get("ExposedPorts") or {}
    return {
        "Bridge": "",
        "SandboxID": container.id if running else "",
        "SandboxKey": f"/proc/{container.state.pid}/ns/net" if running else "",
        "Ports": dict.fromkeys(exposed) if running else {},
        "HairpinMode": False,
        "LinkLocalIPv6Address": "",
        "LinkLocalIPv6PrefixLen": 0,
        "SecondaryIPAddresses": None,
        "SecondaryIPv6Addresses": None,
        "EndpointID": bridge.endpoint_id,
        "Gateway": bridge.gateway,
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "IPAddress": bridge.address,
        "IPPrefixLen": bridge.prefix,
        "IPv6Gateway": "",
        "MacAddress": bridge.mac,
        "Networks": attached,
    }


def endpoint(container: Container, value: Endpoint, version: Version) -> JSON:
    """Give the container's side of one network."""
    asked = value.requested
    if not container.state.running:
        value = Endpoint(network_id=value.network_id, aliases=value.aliases)
    document: JSON = {
        "IPAMConfig": asked.get("IPAMConfig"),
        "Links": asked.get("Links"),
        "Aliases": list(value.aliases) or asked.get("Aliases"),
        "MacAddress": value.mac,
        "DriverOpts": asked.get("DriverOpts"),
        "NetworkID": value.network_id,
        "EndpointID": value.endpoint_id,
        "Gateway": value.gateway,
        "IPAddress": value.address,
        "IPPrefixLen": value.prefix,
        "IPv6Gateway": "",
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
    }
    if version >= (1, 44):
        document["DNSNames"] = [container.name, container.id[:12], *value.aliases] if value.aliases else None
    return document


def summary(container: Container, *, image: str, now_ns: int, sizes: Sizes | None, version: Version) -> JSON:
    """Give one line of the list; `image` is the name it is shown under."""
    document: JSON = {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": image,
        "ImageID": container.image,
        "Command": _command(container.args),
        "Created": _moment(container.created) // 10**9,
        "Ports": _ports(container),
    }
    if sizes is not None:
        document |= ({"SizeRw": sizes.own} if sizes.own else {}) | {"SizeRootFs": sizes.whole}
    return document | {
        "Labels": container.config.get("Labels") or {},
        "State": str(container.state.status),
        "Status": status(container.state, now_ns),
        "HostConfig": {"NetworkMode": container.host.get("NetworkMode", "default")},
        "NetworkSettings": {
            "Networks": {name: endpoint(container, one, version) for name, one in container.endpoints.items()}
        },
        "Mounts": [mount(one) for one in container.mounts],
    }


def _command(args: tuple[str, ...]) -> str:
    """Join a command as Docker does: words with blanks in quotes."""
    return " ".join(f"'{word}'" if " " in word else word for word in args)


def _ports(container: Container) -> list[JSON]:
    if not container.state.running:
        return []
    exposed = sorted((container.config.get("ExposedPorts") or {}).items())
    return [_port(name) for name, _ in exposed]


def _port(name: str) -> JSON:
    number, _, protocol = name.partition("/")
    return {"PrivatePort": int(number), "Type": protocol or "tcp"}


def status(value: State, now_ns: int) -> str:
    """Say in words how a container is: "Up 2 minutes (healthy)", "Exited (0) 3 days ago"."""
    since = value.started_at if value.running else value.finished_at
    words = units.ago((now_ns - _moment(since)) / 1e9) if since != NEVER else "Less than a second"
    match value.status:
        case Status.PAUSED:
            return f"Up {words} (Paused)"
        case Status.RUNNING:
            return f"Up {words}{_health(value)}"
        case Status.RESTARTING:
            return f"Restarting ({value.exit_code}) {words} ago"
        case Status.REMOVING:
            return "Removal In Progress"
        case Status.DEAD:
            return "Dead"
        case Status.EXITED if value.finished_at != NEVER:
            return f"Exited ({value.exit_code}) {words} ago"
    return "Created"


def _health(value: State) -> str:
    if value.health is None or value.health.status == "none":
        return ""
    return " (health: starting)" if value.health.status == "starting" else f" ({value.health.status})"


def _moment(text: str) -> int:
    try:
        return times.moment(text, now=0)
    except ValueError:
        return 0
