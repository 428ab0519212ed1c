"""The clients that the work uses, where the work's user can reach them.

The work runs as nobody in particular, who may not look into the folder that docklab lives in. So the clients
are copied once, to a place that everybody may read; a changed client is another copy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

RUNTIME = Path(__file__).resolve().parent.parent / "runtime"
NEEDED = ("__init__.py", "client", "cli", "model", "errors.py")


def own() -> Path | None:
    """Give the folder of the clients where they are, for a student's own set-up."""
    folder = RUNTIME / "cli" / "bin"
    return folder if folder.is_dir() else None


def public(path: Path) -> bool:
    """Say whether everybody may reach and run what a path leads to."""
    real = path.resolve()
    return bool(real.stat().st_mode & 0o005 == 0o005) and all(folder.stat().st_mode & 0o001 for folder in real.parents)


def sources() -> Iterator[Path]:
    """List the files that the clients are made of."""
    for name in NEEDED:
        path = RUNTIME / name
        files = path.rglob("*") if path.is_dir() else [path]
        yield from (one for one in files if one.is_file() and one.suffix != ".pyc")


def clients(base: Path) -> Path | None:
    """Give the folder of the clients; None takes those of the machine."""
    if other := os.environ.get("DOCKLAB_GRADING_CLIENTS"):
        return Path(other) if Path(other).is_dir() else None
    if own() is None:
        return None
    stamps = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(sources())]
    folder = base / f"clients-{hashlib.sha256(repr(stamps).encode()).hexdigest()[:16]}"
    if not folder.is_dir():
        copy(folder)
    return folder / "runtime" / "cli" / "bin"


def copy(folder: Path) -> None:
    """Copy the clients; whoever is first wins, and a half made copy is never seen."""
    fresh = Path(tempfile.mkdtemp(prefix="clients-new-", dir=folder.parent))
    for path in sources():
        target = fresh / "runtime" / path.relative_to(RUNTIME)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
        target.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
    for made in (fresh, *fresh.rglob("*")):
        made.chmod(made.stat().st_mode | (0o055 if made.is_dir() else 0))
    with suppress(OSError):
        fresh.rename(folder)
    shutil.rmtree(fresh, ignore_errors=True)


def interpreter() -> dict[str, str]:
    """Name the interpreter for the clients, where everybody may run ours."""
    return {"DOCKLAB_PYTHON": sys.executable} if public(Path(sys.executable)) else {}
