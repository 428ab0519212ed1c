"""busybox and alpine: Debian's busybox with the C library beside it.

The shared busybox and not the static one: in a static program glibc cannot look names up. Alpine's own package manager
is not there, and the labels say so.
"""
from __future__ import annotations

from pathlib import Path

from . import archive, packages

FOLDERS = ("bin", "dev", "etc", "home", "lib", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys", "usr",
           "usr/bin", "usr/sbin", "var", "var/log", "var/www")
PASSWD = """root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
nobody:x:65534:65534:nobody:/:/bin/false
"""
GROUP = "root:x:0:\ndaemon:x:1:\nbin:x:2:\nwww-data:x:33:\nusers:x:100:\nnogroup:x:65534:\n"
RELEASE = 'PRETTY_NAME="docklab busybox (stand-in, from Debian)"\nNAME="docklab busybox"\nID=docklab-busybox\n'
LOADERS = {"x86_64": "lib64/ld-linux-x86-64.so.2", "aarch64": "lib/ld-linux-aarch64.so.1"}
LIBRARIES = ("libc.so.6", "libresolv.so.2", "libm.so.6")


def build(scratch: Path, machine: str) -> list[archive.Image]:
    """Return busybox and two releases of alpine, which share one layer."""
    root = packages.unpack(["busybox", "libc6"], scratch)
    layer = _tree(root, scratch / "busybox.layer", machine).layer("ADD busybox and libc6 of Debian in /")
    shell = ("sh",)

    def image(*tags: str, of: str) -> archive.Image:
        return archive.Image(tags, (layer,), shell, f"stand-in for {of}, made from Debian's busybox")

    return [
        image("busybox:latest", of="busybox"),
        image("alpine:latest", of="alpine"),
        image("alpine:3.4", of="alpine 3.4"),
    ]


def _tree(root: Path, path: Path, machine: str) -> archive.Tree:
    tree = archive.Tree(path)
    for folder in FOLDERS:
        tree.folder(folder)
    tree.folder("tmp", mode=0o1777)
    _libraries(tree, root, machine)
    _programs(tree, root)
    tree.file("etc/passwd", PASSWD.encode())
    tree.file("etc/group", GROUP.encode())
    tree.file("etc/os-release", RELEASE.encode())
    tree.file("etc/nsswitch.conf", b"passwd: files\ngroup: files\nhosts: files dns\n")
    return tree


def _libraries(tree: archive.Tree, root: Path, machine: str) -> None:
    loader = LOADERS[machine]
    if not loader.startswith("lib/"):
        tree.folder(Path(loader).parent.as_posix())
    tree.file(loader, _find(root, Path(loader).name), mode=0o755)
    folder = f"lib/{machine}-linux-gnu"
    tree.folder(folder)
    for name in LIBRARIES:
        tree.file(f"{folder}/{name}", _find(root, name), mode=0o755)


def _find(root: Path, name: str) -> bytes:
    """Return a library, wherever this release of Debian or Ubuntu keeps it."""
    for found in sorted(root.rglob(name)):
        if found.is_file() and not found.is_symlink():
            return found.read_bytes()
    raise packages.BuildError(f"{name} is not in the package libc6")


def _programs(tree: archive.Tree, root: Path) -> None:
    program = next(path for path in (root / "bin/busybox", root / "usr/bin/busybox") if path.exists())
    tree.file("bin/busybox", program.read_bytes(), mode=0o755)
    for applet in packages.run([program, "--list"]).decode().split():
        if applet != "busybox":
            tree.link(f"bin/{applet}", "busybox")
