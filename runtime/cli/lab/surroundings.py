"""What a lab shell finds around it: our clients first on PATH, and the engine's address."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import places

CLIENTS = Path(__file__).resolve().parents[1] / "bin"


def environment() -> dict[str, str]:
    """Return the environment of shells and notebooks; an engine that the caller chose stays chosen."""
    own = f"{CLIENTS}:{Path(sys.executable).parent}"
    path = os.environ.get("PATH", os.defpath)
    kept = path if path.startswith(own) else f"{own}:{path}"
    chosen = {"DOCKER_HOST": places.find().host, "DOCKLAB_HOME": str(places.home())} | os.environ
    return chosen | {"PATH": kept, "DOCKLAB_CLIENTS": str(CLIENTS), "DOCKLAB_PYTHON": sys.executable}
