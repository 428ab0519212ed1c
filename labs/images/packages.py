"""Debian's packages, fetched with the tools of the machine."""
from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path


class BuildError(Exception):
    """A course image cannot be built; the text says why and what would help."""


def run(command: Sequence[str | Path], *, cwd: Path | None = None) -> bytes:
    """Run a command and return its output; its own last words are the error."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    except FileNotFoundError:
        raise BuildError(f"{command[0]} is missing: apt-get install {command[0]}") from None
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()[-5:]
        raise BuildError(f"{Path(command[0]).name} failed ({done.returncode}): " + " | ".join(words))
    return done.stdout


def unpack(names: Sequence[str], scratch: Path) -> Path:
    """Download packages of the machine's own release and unpack them into one folder."""
    folder, root = scratch / "debs", scratch / "root"
    folder.mkdir()
    run(["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", *names], cwd=folder)
    for package in sorted(folder.glob("*.deb")):
        run(["dpkg", "-x", package, root])
    return root


def index(folder: Path) -> str:
    """Return the Packages file (deb822) that makes apt accept a folder of packages as a source."""
    return "\n".join(_stanza(package) for package in sorted(folder.glob("*.deb")))


def release(index: bytes) -> str:
    """Return the Release file of an index; with it apt asks once and not for every compression there is."""
    digest = hashlib.sha256(index).hexdigest()
    date = "Sun, 01 Nov 2026 00:00:00 UTC"
    return f"Origin: docklab\nSuite: course\nDate: {date}\nSHA256:\n {digest} {len(index)} Packages\n"


def _stanza(package: Path) -> str:
    control = run(["dpkg-deb", "--field", package]).decode()
    digest = run(["sha256sum", package]).decode().split()[0]
    return f"{control}Filename: ./{package.name}\nSize: {package.stat().st_size}\nSHA256: {digest}\n"
