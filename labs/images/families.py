"""The archives of the course: which there are, and how one comes to be in a folder."""
from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import archive, busybox, debian, hello

BUILDERS: dict[str, Callable[[Path, str], list[archive.Image]]] = {
    "hello-world": hello.build,
    "busybox": busybox.build,
    "debian": debian.build,
}


def default_folder() -> Path:
    """Return where the archives are kept: once per machine for root, once per user otherwise."""
    if named := os.environ.get("DOCKLAB_CACHE"):
        return Path(named) / "images"
    if os.geteuid() == 0:
        return Path("/var/cache/docklab/images")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "docklab/images"


def ensure(folder: Path, names: Iterable[str]) -> Iterator[tuple[Path, bool]]:
    """Yield the archive of each family and whether it had to be built now."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        with _alone(folder / ".lock"):
            yield _ensure(folder, name)


def _ensure(folder: Path, name: str) -> tuple[Path, bool]:
    path, stamp = folder / f"{name}.tar", folder / f"{name}.recipe"
    recipe = _recipe()
    if path.exists() and stamp.exists() and stamp.read_text() == recipe:
        return path, False
    machine = platform.machine()
    with tempfile.TemporaryDirectory(prefix="docklab-images-", dir=folder) as scratch:
        Path(scratch).chmod(0o755)  # mmdebstrap's own user must get through
        archive.write(path, BUILDERS[name](Path(scratch), machine), machine)
    stamp.write_text(recipe)
    return path, True


def _recipe() -> str:
    """Return a digest of this package's text: a changed recipe means a new archive."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
