"""What the daemon was started with; read everywhere, changed nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """One daemon's command line, checked and with the defaults filled in."""

    data_root: Path = Path("/var/lib/docklab")
    exec_root: Path = Path("/run/docklab")
    hosts: tuple[str, ...] = ("unix:///run/docklab.sock",)
    pidfile: Path | None = None
    group: str = ""  # who may use the socket besides root; "" takes "docker" where that group exists
    bip: str = ""  # address and prefix of the default bridge; "" lets the network driver choose
    insecure_registries: tuple[str, ...] = ()
    registry_mirrors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    live_restore: bool = False  # True: a clean stop of the daemon leaves containers running
    debug: bool = False
    tls: bool = False
    tls_verify: bool = False
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    shutdown_timeout: int = 15  # seconds a clean stop gives the containers
    cgroup_parent: str = "docklab"  # the control group under which containers get theirs
