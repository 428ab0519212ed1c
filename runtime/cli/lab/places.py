"""Where the course's engine keeps its things on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Files and folders of one installation; $DOCKLAB_STATE puts all of them below one folder."""

    data: Path
    exec: Path
    socket: Path
    pid: Path
    log: Path
    jupyter: Path  # JupyterLab's own settings, token and log

    @property
    def host(self) -> str:
        """Return the engine's address in the form of DOCKER_HOST."""
        return f"unix://{self.socket}"


def find() -> Places:
    """Return the places of this installation."""
    if named := os.environ.get("DOCKLAB_STATE"):
        base = Path(named).absolute()
        return Places(base / "data", base / "exec", base / "docklab.sock", base / "docklab.pid", base / "docklabd.log",
                      base / "jupyter")
    run, kept = Path("/run"), Path("/var/lib/docklab")
    return Places(kept, run / "docklab", run / "docklab.sock", run / "docklab.pid", kept / "docklabd.log",
                  kept / "jupyter")


def home() -> Path:
    """Return the student's folder."""
    return Path(os.environ.get("DOCKLAB_HOME") or Path.home() / "docklab")
