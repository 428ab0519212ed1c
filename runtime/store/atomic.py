"""Write a file whole or not at all."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

_serial = itertools.count()


def write(path: Path, data: bytes, *, mode: int = 0o600, lasting: bool = True) -> None:
    """Replace `path` by `data`: temporary file beside it, fsync, rename (rename(2) is atomic).

    A crash leaves the old or the new content, never a part; a full disk raises OSError and leaves the old.
    What need not outlive a power cut (`lasting` false) is not waited for: a crash of ours alone loses nothing.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.{next(_serial)}")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view) :]
            if lasting:
                os.fsync(fd)
        finally:
            os.close(fd)
        os.rename(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sync_folder(path: Path) -> None:
    """Make the names in `path` durable (fsync(2) on the directory)."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
