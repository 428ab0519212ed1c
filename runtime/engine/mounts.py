"""What is mounted into a container, read from -v, --mount, --tmpfs, --volumes-from and the image. Pure.

-v /host/path:/path[:ro,z,…]   bind       -v name:/path[:ro,nocopy,…]   volume       -v /path   volume without a name
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import BadRequest
from ..model.container import Mount

JSON = dict[str, Any]

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_PROPAGATION = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
_GROUPS = (("rw", "ro"), ("z", "Z"), ("nocopy",), ("consistent", "cached", "delegated", "default"), _PROPAGATION)
_LONGEST = 255


def check_name(name: str) -> str:
    """Check a volume's name: it becomes a folder's."""
    if len(name) == 1:
        raise BadRequest("volume name is too short, names should be at least two alphanumeric characters")
    if not NAME.fullmatch(name) or len(name) > _LONGEST:
        raise BadRequest(
            f'create {name}: "{name}" includes invalid characters for a local volume name, only '
            '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'
        )
    return name


def _target(path: str, spec: str, kind: str) -> str:
    prefix = f"invalid volume specification: '{spec}': " if spec else ""
    prefix += f'invalid mount config for type "{kind}": '
    if "\0" in path or not path.startswith("/"):
        raise BadRequest(f"{prefix}invalid mount path: '{path}' mount path must be absolute")
    clean = posixpath.normpath("/" + path.lstrip("/"))
    if clean == "/":
        raise BadRequest(f"{prefix}invalid specification: destination can't be '/'")
    return clean


def _words(mode: str, *, bind: bool) -> list[str]:
    """Split a mode and check it: known words, one of a group, and none that the kind does not have."""
    words = mode.split(",") if mode else []
    for word in words:
        group = next((group for group in _GROUPS if word in group), None)
        wrong_kind = group == ("nocopy",) if bind else group == _PROPAGATION
        if group is None or wrong_kind or sum(other in group for other in words) > 1:
            raise BadRequest(f"invalid mode: {mode}")
    return words


def bind(spec: str) -> Mount:
    """Read one -v."""
    parts = spec.split(":")
    if len(parts) > 3 or not all(parts) or "\0" in spec:
        raise BadRequest(f"invalid volume specification: '{spec}'")
    if len(parts) == 1:
        return Mount("volume", "", _target(spec, spec, "volume"), driver="local")
    source, target, mode = (*parts, "")[:3]
    is_path = source.startswith("/")
    words = _words(mode, bind=is_path)
    destination = _target(target, spec, "bind" if is_path else "volume")
    writable = "ro" not in words
    if is_path:
        propagation = next((word for word in words if word in _PROPAGATION), "rprivate")
        options = {"CreateMountpoint": True}
        clean = posixpath.normpath("/" + source.lstrip("/"))
        return Mount("bind", clean, destination, "", "", mode, writable, propagation, options)
    return Mount("volume", "", destination, check_name(source), "local", mode or "z", writable, "", _no_copy(words))


def _no_copy(words: Sequence[str]) -> JSON:
    return {"NoCopy": True} if "nocopy" in words else {}


def mount(entry: JSON) -> Mount:
    """Read one --mount (Engine API, Mount)."""
    kind = entry.get("Type") or ""
    readers = {"bind": _mount_bind, "volume": _mount_volume, "tmpfs": _mount_tmpfs}
    if kind not in readers:
        raise BadRequest(f'invalid mount config for type "{kind}": mount type unknown')
    if not entry.get("Target"):
        raise BadRequest(f'invalid mount config for type "{kind}": field Target must not be empty')
    return readers[kind](entry, _target(entry["Target"], "", kind))


def _mount_bind(entry: JSON, target: str) -> Mount:
    source, options = entry.get("Source") or "", entry.get("BindOptions") or {}
    if not source:
        raise BadRequest('invalid mount config for type "bind": field Source must not be empty')
    if not source.startswith("/") or "\0" in source:
        raise BadRequest(
            f"invalid mount config for type \"bind\": invalid mount path: '{source}' mount path must be absolute"
        )
    propagation = options.get("Propagation") or "rprivate"
    if propagation not in _PROPAGATION:
        raise BadRequest(f'invalid mount config for type "bind": invalid propagation mode: {propagation}')
    source = posixpath.normpath("/" + source.lstrip("/"))
    return Mount("bind", source, target, "", "", "", not entry.get("ReadOnly"), propagation, dict(options))


def _mount_volume(entry: JSON, target: str) -> Mount:
    options = entry.get("VolumeOptions") or {}
    driver = (options.get("DriverConfig") or {}).get("Name") or "local"
    name = check_name(entry["Source"]) if entry.get("Source") else ""
    mode = "z" if name else ""
    return Mount("volume", "", target, name, driver, mode, not entry.get("ReadOnly"), "", dict(options))


def _mount_tmpfs(entry: JSON, target: str) -> Mount:
    if entry.get("Source"):
        raise BadRequest('invalid mount config for type "tmpfs": field Source must not be specified')
    options = entry.get("TmpfsOptions") or {}
    size, mode = options.get("SizeBytes") or 0, options.get("Mode") or 0
    if size < 0:
        raise BadRequest('invalid mount config for type "tmpfs": size must not be negative')
    words = [*(["ro"] if entry.get("ReadOnly") else []), *([f"size={size}"] if size else [])]
    words += [f"mode={mode:o}"] if mode else []
    return Mount("tmpfs", "", target, mode=",".join(words), writable=not entry.get("ReadOnly"), options=dict(options))


def tmpfs(target: str, options: str) -> Mount:
    """Read one --tmpfs."""
    words = options.split(",") if options else []
    return Mount("tmpfs", "", _target(target, "", "tmpfs"), mode=options, writable="ro" not in words)


def asked(host: JSON) -> list[Mount]:
    """Read everything the user asked for by name of a place; two for one place are refused."""
    found = [bind(spec) for spec in host.get("Binds") or ()]
    found += [mount(entry) for entry in host.get("Mounts") or ()]
    found += [tmpfs(target, options) for target, options in (host.get("Tmpfs") or {}).items()]
    _unique(found)
    return found


def _unique(found: Iterable[Mount]) -> None:
    seen: set[str] = set()
    for one in found:
        if one.destination in seen:
            raise BadRequest(f"Duplicate mount point: {one.destination}")
        seen.add(one.destination)


def from_spec(spec: str) -> tuple[str, bool | None]:
    """Read one --volumes-from: the container, and whether writing is asked for (None: as it is there)."""
    ref, colon, mode = spec.partition(":")
    if not ref:
        raise BadRequest(f"malformed volumes-from specification: {spec}")
    if not colon:
        return ref, None
    words = _words(mode, bind=True)
    if any(word in ("nocopy", *_PROPAGATION) for word in words):
        raise BadRequest(f"invalid mode: {mode}")
    return ref, "ro" not in words


def implied(config: JSON) -> list[str]:
    """Give the places that the image (VOLUME) and the request want a volume at."""
    return [_target(path, path, "volume") for path in config.get("Volumes") or {}]
