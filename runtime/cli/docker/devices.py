"""`--device`, block device limits and `--gpus` of a create request."""

from __future__ import annotations

from . import flagtypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def device(text: str) -> dict[str, str]:
    """Read `host[:container[:rwm]]`."""
    parts = text.split(":")
    if not text or len(parts) > 3:
        raise ValueError(f"bad format for path: {text}")
    host, permissions = parts[0], "rwm"
    inside = host
    if len(parts) == 2 and valid_mode(parts[1]):
        permissions = parts[1]
    elif len(parts) >= 2:
        inside = parts[1] or host
    if len(parts) == 3:
        permissions = parts[2]
        if not valid_mode(permissions):
            raise ValueError(f"invalid device specification: {text}")
    return {"PathOnHost": host, "PathInContainer": inside, "CgroupPermissions": permissions}


def valid_mode(text: str) -> bool:
    """Say whether a text is a set of r, w and m."""
    return bool(text) and len(set(text)) == len(text) and set(text) <= set("rwm")


def bytes_rate(text: str) -> dict[str, Any]:
    """Read `/dev/x:1mb`."""
    return throttle(text, sizes=True)


def operations_rate(text: str) -> dict[str, Any]:
    """Read `/dev/x:100`."""
    return throttle(text, sizes=False)


def throttle(text: str, *, sizes: bool) -> dict[str, Any]:
    """Read `/dev/x:rate`."""
    path, colon, rate = text.partition(":")
    if not colon or ":" in rate:
        raise ValueError(f"bad format: {text}")
    if not path.startswith("/dev/"):
        raise ValueError(f"bad format for device path: {text}")
    try:
        value = flagtypes.size(rate) if sizes else flagtypes.unsigned(rate)
    except ValueError:
        unit = "<device-path>:<number>[<unit>]" if sizes else "<device-path>:<number>"
        hint = ". Number must be a positive integer" + (". Unit is optional and can be kb, mb, or gb" if sizes else "")
        raise ValueError(f"invalid rate for device: {text}. The correct format is {unit}{hint}") from None
    return {"Path": path, "Rate": value}


def weight(text: str) -> dict[str, Any]:
    """Read `/dev/x:weight`."""
    path, colon, number = text.partition(":")
    if not colon or ":" in number:
        raise ValueError(f"bad format: {text}")
    if not path.startswith("/dev/"):
        raise ValueError(f"bad format for device path: {text}")
    if not number.isdigit() or (int(number) and not 10 <= int(number) <= 1000):
        raise ValueError(f"invalid weight for device: {text}")
    return {"Path": path, "Weight": int(number)}


def gpus(text: str) -> dict[str, Any]:
    """Read one --gpus flag."""
    import csv

    request: dict[str, Any] = {"Driver": "", "Count": 0, "DeviceIDs": None, "Capabilities": [["gpu"]], "Options": {}}
    for field in next(csv.reader([text])):
        key, equals, value = field.partition("=")
        if not equals or key == "count":
            request["Count"] = gpu_count(value if equals else key)
        elif key == "driver":
            request["Driver"] = value
        elif key == "device":
            request["DeviceIDs"] = value.split(",")
        elif key == "capabilities":
            request["Capabilities"] = [[*value.split(","), "gpu"]]
        elif key == "options":
            request["Options"] = dict(pair.partition("=")[::2] for pair in value.split(","))
        else:
            raise ValueError(f"unexpected key '{key}' in '{field}'")
    if not request["Count"] and request["DeviceIDs"] is None:
        request["Count"] = 1
    return request


def gpu_count(text: str) -> int:
    """Read `all` or a number."""
    if text == "all":
        return -1
    try:
        return int(text)
    except ValueError:
        raise ValueError(f'invalid count ({text}): value must be either "all" or an integer') from None
