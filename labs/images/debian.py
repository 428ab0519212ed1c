"""debian and ubuntu: a small Debian 12, with a few packages that can be installed without a network.

The first layer is what mmdebstrap makes. The second holds packages the course installs inside containers, as an apt
source of its own, so that `apt-get update && apt-get install mc` works with no network; Debian's mirror is there too,
switched off (rename /etc/apt/sources.list.d/debian.sources.disabled to switch it on).
"""
from __future__ import annotations

import os
from pathlib import Path

from . import archive, packages

SUITE = "bookworm"
INSTALLED = ("procps", "iproute2", "iputils-ping", "netcat-openbsd")
OFFLINE = ("mc", "vim-tiny", "nano", "less")
FOLDER = "usr/share/docklab/packages"
MIRROR = f"""Types: deb
URIs: http://deb.debian.org/debian
Suites: {SUITE} {SUITE}-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
NOTE = "# The packages of the course are a source of their own, see sources.list.d/docklab.list.\n"


def build(scratch: Path, machine: str) -> list[archive.Image]:
    """Return debian and two releases of ubuntu, which share their layers."""
    offline = scratch / "offline"
    offline.mkdir()
    layers = (_root(scratch / "debian.layer", offline), _offline(scratch / "offline.layer", offline))

    def image(*tags: str, says: str, stand_in: bool = True) -> archive.Image:
        return archive.Image(tags, layers, ("bash",), says, stand_in=stand_in)

    own = "Debian 12, made by docklab from its packages"
    return [
        image("debian:latest", "debian:bookworm", "debian:12", says=own, stand_in=False),
        image("ubuntu:latest", "ubuntu:24.04", says="stand-in for ubuntu, made from Debian 12"),
        image("ubuntu:14.04", "ubuntu:trusty", says="stand-in for ubuntu 14.04, made from Debian 12"),
    ]


def _root(path: Path, offline: Path) -> archive.Layer:
    """Make the first layer; the packages for later are downloaded while mmdebstrap's apt knows the mirror."""
    apt = 'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --yes --no-install-recommends --download-only'
    download = f"{apt} install {' '.join(OFFLINE)}"
    forget = 'rm -f "$1"/var/cache/apt/archives/*.deb'
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(archive.EPOCH))
    packages.run([
        "mmdebstrap", "--quiet", "--format=tar", "--variant=minbase", f"--include={','.join(INSTALLED)}",
        "--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        f"--customize-hook={forget}", f"--customize-hook={download}",
        f"--customize-hook=copy-out /var/cache/apt/archives {offline}", f"--customize-hook={forget}",
        SUITE, path,
    ])
    return archive.Layer(path, f"ADD Debian {SUITE} in / # mmdebstrap --variant=minbase")


def _offline(path: Path, downloaded: Path) -> archive.Layer:
    folder = downloaded / "archives"
    tree = archive.Tree(path)
    for parent in ("usr/share/docklab", FOLDER):
        tree.folder(parent)
    for package in sorted(folder.glob("*.deb")):
        tree.file(f"{FOLDER}/{package.name}", package.read_bytes())
    index = packages.index(folder).encode()
    tree.file(f"{FOLDER}/Packages", index)
    tree.file(f"{FOLDER}/Release", packages.release(index).encode())
    tree.file("etc/apt/sources.list", NOTE.encode())
    tree.file("etc/apt/sources.list.d/docklab.list", f"deb [trusted=yes] file:/{FOLDER} ./\n".encode())
    tree.file("etc/apt/sources.list.d/debian.sources.disabled", MIRROR.encode())
    return tree.layer(f"COPY packages /{FOLDER} # {' '.join(OFFLINE)}, to install without a network")
