"""Archives unpacked and packed in a process whose root is their folder, as the engine's helpers do."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest

from runtime.primitives.archives import FUNCTIONS

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root")


def in_root(root: Path, function: str, files: dict[str, int], **arguments: Any) -> dict[str, Any]:
    """Run one archive function in a child whose root is `root`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.chroot(root)
            os.chdir("/")
            os.write(writing, json.dumps(FUNCTIONS[function](files, **arguments)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        data = answer.read()
    os.waitpid(child, 0)
    result: dict[str, Any] = json.loads(data)
    return result


def entry(name: str, kind: bytes = tarfile.REGTYPE, data: bytes = b"", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    """Describe one entry of an archive."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mode, info.mtime = kind, len(data), 0o755, 1
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def archive(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """Make an archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in entries:
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


class Layer:
    """A layer unpacked below tmp_path/diff."""

    def __init__(self, folder: Path, data: bytes) -> None:
        self.root, self.data, self.folder = folder / "diff", data, folder
        self.root.mkdir()
        (folder / "in").write_bytes(data)
        with (folder / "in").open("rb") as given, (folder / "pieces").open("wb", 0) as kept:
            files = {"in": given.fileno(), "pieces": kept.fileno()}
            self.answer = in_root(self.root, "unpack", files, whiteouts=True)

    def assembled(self) -> bytes:
        """Put the archive together again."""
        with (self.folder / "pieces").open("rb") as kept, (self.folder / "out").open("wb") as out:
            in_root(self.root, "assemble", {"pieces": kept.fileno(), "out": out.fileno()})
        return (self.folder / "out").read_bytes()


def test_a_layer_comes_out_to_the_byte(tmp_path: Path) -> None:
    layer = Layer(tmp_path, archive(
        entry("etc", tarfile.DIRTYPE), entry("etc/passwd", data=b"root:x:0:0::/:/bin/sh\n", uid=3, gid=4),
        entry("etc/link", tarfile.SYMTYPE, linkname="/etc/passwd"),
        entry("hard", tarfile.LNKTYPE, linkname="etc/passwd"),
        entry("s", data=b"x", mode=0o4755), entry("fifo", tarfile.FIFOTYPE), entry("n" * 150, data=b"y"),
        entry("null", tarfile.CHRTYPE, devmajor=1, devminor=3),
    ))
    assert layer.assembled() == layer.data
    status = (layer.root / "etc/passwd").stat()
    assert (status.st_uid, status.st_gid, status.st_nlink, int(status.st_mtime)) == (3, 4, 2, 1)
    assert stat.S_IMODE((layer.root / "s").stat().st_mode) == 0o4755
    assert (layer.root / "etc/link").readlink() == Path("/etc/passwd")
    assert not layer.answer["irregular"]


def test_whiteouts_become_the_kernels_and_back(tmp_path: Path) -> None:
    layer = Layer(tmp_path, archive(
        entry(".wh.gone"), entry("folder", tarfile.DIRTYPE),
        entry("folder/.wh..wh..opq"), entry("folder/new", data=b"n"),
    ))
    gone = (layer.root / "gone").lstat()
    assert stat.S_ISCHR(gone.st_mode)
    assert gone.st_rdev == 0
    assert os.getxattr(layer.root / "folder", "trusted.overlay.opaque") == b"y"
    with (tmp_path / "packed").open("wb") as out:
        in_root(layer.root, "pack", {"out": out.fileno()}, overlay=True)
    with tarfile.open(tmp_path / "packed") as packed:
        assert packed.getnames() == ["folder", "folder/.wh..wh..opq", "folder/new", ".wh.gone"]


@pytest.mark.parametrize("entries", [
    [entry("../" * 20 + "tmp/mark", data=b"x")],
    [entry("/tmp/mark", data=b"x")],
    [entry("a", tarfile.SYMTYPE, linkname="/tmp"), entry("a/mark", data=b"x")],
    [entry("a", tarfile.SYMTYPE, linkname="../" * 20 + "tmp"), entry("a/mark", data=b"x")],
    [entry("tmp", tarfile.SYMTYPE, linkname="/tmp"), entry("tmp/mark", data=b"x")],
])
def test_nothing_lands_outside(tmp_path: Path, entries: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    Layer(tmp_path, archive(*entries))
    assert not Path("/tmp/mark").exists()


def test_a_hard_link_to_the_host_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOP")
    layer = Layer(tmp_path, archive(entry("h", tarfile.LNKTYPE, linkname=str(secret))))
    assert "no such file" in layer.answer["error"]
    assert secret.stat().st_nlink == 1


@pytest.mark.parametrize("data", [
    b"not an archive at all" * 100,
    archive(entry("a", data=b"x" * 5000))[:2000],
    archive(entry("a", data=b"x", pax_headers={"size": "99999999999999999"})),
    archive(entry("x/.wh..")),
    archive(entry("n" * 300)),
    archive(entry("x", tarfile.LNKTYPE, linkname="x")),
])
def test_what_is_broken_is_the_archives_fault(tmp_path: Path, data: bytes) -> None:
    assert Layer(tmp_path, data).answer["kind"] == "bad"


def test_the_kernels_notes_are_not_the_archives_to_set(tmp_path: Path) -> None:
    notes = {"SCHILY.xattr.trusted.overlay.redirect": "/..", "SCHILY.xattr.user.a": "b"}
    layer = Layer(tmp_path, archive(entry("x", tarfile.DIRTYPE, pax_headers=notes)))
    assert os.listxattr(layer.root / "x") == ["user.a"]


def test_an_entry_that_replaces_another_is_noticed(tmp_path: Path) -> None:
    layer = Layer(tmp_path, archive(entry("x", data=b"first"), entry("x", data=b"second")))
    assert layer.answer["irregular"]
    assert (layer.root / "x").read_bytes() == b"second"
    with (tmp_path / "in").open("rb") as given, (tmp_path / "pieces").open("wb", 0) as kept:
        files = {"in": given.fileno(), "pieces": kept.fileno()}
        in_root(layer.root, "verbatim", files, offset=0, size=len(layer.data))
    assert layer.assembled() == layer.data


def test_a_folder_is_kept_where_a_file_comes(tmp_path: Path) -> None:
    (tmp_path / "d/sub").mkdir(parents=True)
    (tmp_path / "in").write_bytes(archive(entry("sub", data=b"x")))
    with (tmp_path / "in").open("rb") as given:
        answer = in_root(tmp_path, "unpack", {"in": given.fileno()}, target="/d", keep_kinds=True)
    assert answer["error"] == 'cannot overwrite directory "/d/sub" with non-directory "/d/sub"'
