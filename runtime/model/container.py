"""A container's record: what was asked, word for word, and beside it what was observed.

`request` is the body of `POST /containers/create` as it came and is never edited. `config` and `host` are
Docker's `Config` and `HostConfig` with the image's values and the defaults filled in (the shapes of the
Engine API reference, `ContainerConfig` and `HostConfig`), decided once at creation; only `update` changes `host`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .states import Status

JSON = dict[str, Any]

NEVER = "0001-01-01T00:00:00Z"  # Go's zero time, what Docker prints for "has not happened"


@dataclass(frozen=True, slots=True)
class Health:
    """What the container's health check last said."""

    status: str = "starting"  # starting | healthy | unhealthy
    failing_streak: int = 0
    log: tuple[JSON, ...] = ()  # the last five results: Start, End, ExitCode, Output


@dataclass(frozen=True, slots=True)
class State:
    """Where a container is in its life. Written by the engine's verbs and by the exit watcher, nobody else."""

    status: Status = Status.CREATED
    pid: int = 0  # of its process 1, on the host; 0 unless running or paused
    exit_code: int = 0
    error: str = ""  # why the last start failed
    oom_killed: bool = False
    started_at: str = NEVER  # RFC 3339 with nanoseconds, UTC
    finished_at: str = NEVER
    health: Health | None = None  # None: no health check

    @property
    def running(self) -> bool:
        """Whether its process exists: Docker calls a paused container running too."""
        return self.status in (Status.RUNNING, Status.PAUSED)


@dataclass(frozen=True, slots=True)
class Mount:
    """One thing mounted into the container besides its root and the system's own file systems."""

    kind: str  # bind | volume | tmpfs
    source: str  # path on the host ("" for tmpfs)
    destination: str  # path in the container
    name: str = ""  # the volume's name
    driver: str = ""
    mode: str = ""  # as written by the user, e.g. "ro,z"
    writable: bool = True
    propagation: str = ""
    options: JSON = field(default_factory=dict)  # tmpfs: size, mode


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The container's side of one network, as `NetworkSettings.Networks.*` shows it."""

    network_id: str = ""
    endpoint_id: str = ""
    address: str = ""  # IPv4 without prefix, "" while not running
    prefix: int = 0
    gateway: str = ""
    mac: str = ""
    aliases: tuple[str, ...] = ()
    requested: JSON = field(default_factory=dict)  # EndpointSettings as asked for


@dataclass(frozen=True, slots=True)
class Container:
    """One container. Identity and request never change; name, host, state, endpoints do."""

    id: str  # 64 hex digits
    name: str  # without the leading slash
    created: str  # RFC 3339 with nanoseconds, UTC
    image: str  # the image's id, sha256:…; "" only for a container made from nothing
    request: JSON
    config: JSON
    host: JSON
    state: State = field(default_factory=State)
    mounts: tuple[Mount, ...] = ()
    endpoints: dict[str, Endpoint] = field(default_factory=dict)  # by network name
    restart_count: int = 0
    stopped_by_user: bool = False  # `unless-stopped` and `always` look at it

    @property
    def args(self) -> tuple[str, ...]:
        """The command line: entry point, then command."""
        return (*(self.config.get("Entrypoint") or ()), *(self.config.get("Cmd") or ()))

    @property
    def tty(self) -> bool:
        """Whether its process has a terminal."""
        return bool(self.config.get("Tty"))
