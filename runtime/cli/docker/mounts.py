"""`-v`, `--mount`, `--tmpfs`: from flags to Binds, Volumes, Mounts and Tmpfs of a create request."""

from __future__ import annotations

import os

from . import flagtypes, pflag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def volumes(specs: Iterable[str]) -> tuple[list[str], dict[str, dict[str, str]]]:
    """Sort -v flags into binds (with a source) and anonymous volumes."""
    binds, anonymous = [], {}
    for spec in specs:
        if not spec:
            raise ValueError("invalid empty volume spec")
        source, colon, rest = spec.partition(":")
        if len(spec) <= 2 or not colon:
            anonymous[spec] = dict[str, str]()
            continue
        binds.append(f"{os.path.abspath(source) if source.startswith('.') else source}:{rest}")
    return binds, anonymous


def tmpfs(specs: Iterable[str]) -> dict[str, str]:
    """Read --tmpfs flags."""
    result = {}
    for spec in specs:
        path, _, options = spec.partition(":")
        result[path] = options
    return result


def mount(text: str) -> dict[str, Any]:
    """Read one --mount flag."""
    made: dict[str, Any] = {"Type": "volume"}
    for field in fields(text):
        name, equals, value = field.partition("=")
        name = name.lower()
        if not equals and name not in ("readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"):
            raise ValueError(f"invalid field '{field}' must be a key=value pair")
        set_field(made, name, value if equals else "true", field)
    checked(made)
    return made


def fields(text: str) -> list[str]:
    """Split at commas, quotes kept together."""
    if '"' not in text:
        return text.split(",")
    import csv

    return next(csv.reader([text]))


def set_field(made: dict[str, Any], name: str, value: str, field: str) -> None:
    """Set one field of a mount."""
    if name == "type":
        made["Type"] = value.lower()
    elif name in ("source", "src"):
        made["Source"] = os.path.abspath(value) if value.startswith(".") else value
    elif name in ("target", "dst", "destination"):
        made["Target"] = value
    elif name in ("readonly", "ro"):
        made["ReadOnly"] = truth(name, value)
    elif name == "consistency":
        made["Consistency"] = value.lower()
    elif not nested(made, name, value):
        raise ValueError(f"unexpected key '{name}' in '{field}'")


def nested(made: dict[str, Any], name: str, value: str) -> bool:
    """Set a field of the options of one type; False if there is no such field."""
    kind, _, option = name.partition("-")
    if kind == "bind" and option in BIND:
        key, boolean = BIND[option]
        made.setdefault("BindOptions", {})[key] = truth(name, value) if boolean else value.lower()
    elif kind == "volume" and option in ("nocopy", "label", "driver", "opt", "subpath"):
        volume_option(made.setdefault("VolumeOptions", {}), option, value)
    elif name == "tmpfs-size":
        made.setdefault("TmpfsOptions", {})["SizeBytes"] = number(name, value, flagtypes.size)
    elif name == "tmpfs-mode":
        made.setdefault("TmpfsOptions", {})["Mode"] = number(name, value, octal)
    else:
        return False
    return True


BIND = {
    "propagation": ("Propagation", False),
    "nonrecursive": ("NonRecursive", True),
    "create-src": ("CreateMountpoint", True),
}


def volume_option(options: dict[str, Any], name: str, value: str) -> None:
    """Set one option of a volume mount."""
    if name == "nocopy":
        options["NoCopy"] = truth("volume-nocopy", value)
    elif name == "subpath":
        options["Subpath"] = value
    elif name == "driver":
        options.setdefault("DriverConfig", {})["Name"] = value
    else:
        key, _, text = value.partition("=")
        place = options.setdefault("Labels", {}) if name == "label" else driver_options(options)
        place[key] = text


def driver_options(options: dict[str, Any]) -> dict[str, str]:
    """Give the driver's options, made where missing."""
    made: dict[str, str] = options.setdefault("DriverConfig", {}).setdefault("Options", {})
    return made


def truth(name: str, value: str) -> bool:
    """Read a boolean of a mount field."""
    if value not in pflag.TRUE | pflag.FALSE:
        raise ValueError(f"invalid value for {name}: {value}")
    return value in pflag.TRUE


def octal(text: str) -> int:
    """Read a file mode."""
    return int(text, 8)


def number(name: str, value: str, reader: Any) -> int:
    """Read a number of a mount field."""
    try:
        return int(reader(value))
    except ValueError:
        raise ValueError(f"invalid value for {name}: {value}") from None


def checked(made: dict[str, Any]) -> None:
    """Refuse fields that do not go together."""
    kind = made["Type"]
    if not made.get("Target"):
        raise ValueError("target is required")
    for own, title in (("VolumeOptions", "volume"), ("BindOptions", "bind"), ("TmpfsOptions", "tmpfs")):
        if own in made and kind != title:
            raise ValueError(f"cannot mix '{title}-*' options with mount type '{kind}'")
