"""Say what a path is."""

from __future__ import annotations

import os
import stat
from typing import Any

JSON = dict[str, Any]


def look(files: dict[str, int], *, path: str) -> JSON:
    """Describe one file: name, size, mode, mtime_ns, link; FileNotFoundError as {"missing": …}."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        return {"missing": error.strerror}
    link = os.path.realpath(path) if stat.S_ISLNK(status.st_mode) else ""
    folder = stat.S_ISDIR(os.stat(path).st_mode) if os.path.exists(path) else False
    return {
        "name": os.path.basename(os.path.normpath(path)) or "/",
        "size": status.st_size,
        "mode": status.st_mode,
        "mtime_ns": status.st_mtime_ns,
        "link": link,
        "folder": folder,
    }
