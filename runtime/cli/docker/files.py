"""Files that go to the engine or come from it: archives in, archives out."""

from __future__ import annotations

import os
import sys

from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

BLOCK = 1 << 20


def source(path: str) -> BinaryIO:
    """Open a file to send, or standard input when there is no name."""
    if not path:
        return sys.stdin.buffer
    try:
        return open(path, "rb")
    except OSError as error:
        raise CliError(f"open {path}: {(error.strerror or '').lower()}") from None


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file's bytes."""
    while data := file.read(BLOCK):
        yield data


def check_target(path: str) -> None:
    """Refuse an output path whose folder is missing or that is no file."""
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise CliError(f"failed to save image: invalid output path: stat {folder}: no such file or directory")
    if os.path.isdir(path):
        raise CliError(f'failed to save image: invalid output path: "{path}" must be a regular file')


def save(path: str, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all: a half archive must not stand under its name."""
    import tempfile

    handle, scratch = tempfile.mkstemp(prefix=f".{os.path.basename(path)}", dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
        os.chmod(scratch, 0o600)
        os.replace(scratch, path)
    except BaseException:
        os.unlink(scratch)
        raise
