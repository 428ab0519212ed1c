"""What `docker diff` reads from a writable folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from runtime.kernel import syscalls
from runtime.primitives import layers

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mount needs root")


def test_changes_of_a_real_overlay(tmp_path: Path) -> None:
    for name in ("lower/etc", "lower/kept", "lower/old", "upper", "work", "merged"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("etc/a", "etc/b", "old/c", "kept/d"):
        (tmp_path / "lower" / name).write_text(name)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            syscalls.unshare(syscalls.CLONE_NEWNS)
            syscalls.mount("none", "/", None, syscalls.MS_PRIVATE | syscalls.MS_REC)
            options = layers.options([str(tmp_path / "lower")], str(tmp_path / "upper"), str(tmp_path / "work"))
            merged = tmp_path / "merged"
            syscalls.mount("overlay", merged, "overlay", 0, options)
            (merged / "etc/a").write_text("changed")
            (merged / "etc/b").unlink()
            (merged / "new").mkdir()
            (merged / "new/file").write_text("x")
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    found = layers.changes(str(tmp_path / "upper"), [str(tmp_path / "lower")])
    assert [(change.kind, change.path) for change in found] == [
        ("C", "/etc"), ("C", "/etc/a"), ("D", "/etc/b"), ("A", "/new"), ("A", "/new/file"),
    ]
    assert stat.S_ISCHR((tmp_path / "upper/etc/b").lstat().st_mode)
