"""Archives: file trees as tar streams, packed and unpacked inside the root that they belong to.

A layer, `docker cp` and `docker export` are tar archives (tar(5)): a 512-byte header per file, its bytes, padding.
Whoever made the archive chose every name in it: "../../etc/passwd", a link to the host's /etc and then a file
through it. No list of bad names is complete, so the functions here run in a process whose root *is* the folder
(chroot(2), pivot_root(2)): whatever a name says, it cannot mean anything outside.

By hand, the careless way and the careful one:

    tar -xf layer.tar -C folder                  # trusts the names
    chroot folder tar -xf - < layer.tar          # does not have to

`FUNCTIONS` is what a plan's last operation may call. Each takes the plan's descriptors by name and returns JSON:
its result, or {"error": message, "kind": "bad" | "missing" | "failed"}.
"""

from __future__ import annotations

import errno
import functools
import lzma
import os
import tarfile
import zlib
from collections.abc import Callable
from typing import Any

from . import pack, pieces, unpack
from .look import look
from .refusal import Refusal

JSON = dict[str, Any]
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EROFS, errno.EPERM}


def _answering(function: Callable[..., JSON]) -> Callable[..., JSON]:
    """Turn what can go wrong with an archive into an answer, so that the engine knows whose fault it is."""

    @functools.wraps(function)
    def wrapped(files: dict[str, int], **arguments: Any) -> JSON:
        os.umask(0)
        try:
            return function(files, **arguments)
        except Refusal as error:
            return {"error": error.message, "kind": error.kind}
        except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, ValueError, RecursionError) as error:
            return {"error": f"invalid archive: {error}", "kind": "bad"}
        except OSError as error:
            named = f" {error.filename!s}" if error.filename else ""
            kind = "failed" if error.errno in _MACHINE else "bad"  # a name too long, a file where a folder must be
            return {"error": f"{(error.strerror or str(error)).lower()}{named[:200]}", "kind": kind}

    return wrapped


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: _answering(function)
    for function in (
        unpack.unpack, unpack.verbatim, pieces.assemble, pack.pack, look
    )
}
