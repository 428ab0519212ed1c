"""Checks of single flag values; ValueError has Docker's words."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ULIMITS = frozenset(
    [
        *("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio"),
        *("rttime", "sigpending", "stack"),
    ]
)


def stream(text: str) -> str:
    """Check one of --attach's streams."""
    if text.lower() not in ("stdin", "stdout", "stderr"):
        raise ValueError("valid streams are STDIN, STDOUT and STDERR")
    return text.lower()


def environment(text: str) -> str:
    """Check `NAME=value`; a bare NAME takes the value it has here."""
    name, equals, _ = text.partition("=")
    if not name:
        raise ValueError(f"invalid environment variable: {text}")
    if not equals and name in os.environ:
        return f"{name}={os.environ[name]}"
    return text


def ulimit(text: str) -> dict[str, Any]:
    """Read `name=soft[:hard]`."""
    name, equals, limits = text.partition("=")
    if not equals:
        raise ValueError(f"invalid ulimit argument: {text}")
    if name not in ULIMITS:
        raise ValueError(f"invalid ulimit type: {name}")
    parts = limits.split(":")
    if len(parts) > 2:
        raise ValueError(f"too many limit value arguments - {limits}, can only have up to two, `soft[:hard]`")
    soft, hard = whole(parts[0]), whole(parts[-1])
    if hard != -1 and (soft > hard or soft == -1):
        raise ValueError(f"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}")
    return {"Name": name, "Hard": hard, "Soft": soft}


def label(text: str) -> str:
    """Check a label: its name is not empty."""
    if not text or text.startswith("="):
        raise ValueError(f"invalid label '{text}': empty name")
    return text


def link(text: str) -> str:
    """Check a link: a container and perhaps an alias."""
    if not text:
        raise ValueError("empty string specified for links")
    if text.count(":") > 1:
        raise ValueError(f"bad format for links: {text}")
    return text


def address(text: str) -> str:
    """Check an address."""
    import ipaddress

    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise ValueError(f"IP address is not correctly formatted: {text}") from None


def extra_host(text: str) -> str:
    """Check `name:address` (or `name=address`) and write it with a colon."""
    name, mark, place = text.partition("=") if "=" in text.split(":")[0] else text.partition(":")
    if not mark or not name:
        raise ValueError(f'bad format for add-host: "{text}"')
    bare = place[1:-1] if place.startswith("[") and place.endswith("]") else place
    if bare != "host-gateway":
        try:
            address(bare)
        except ValueError:
            raise ValueError(f'invalid IP address in add-host: "{bare}"') from None
    return f"{name}:{bare}"


SYSCTLS = frozenset(
    [
        *("kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax"),
        *("kernel.shmmni", "kernel.shm_rmid_forced"),
    ]
)


def sysctl(text: str) -> str:
    """Check that a kernel setting belongs to a namespace."""
    name = text.partition("=")[0]
    if "=" not in text or not (name in SYSCTLS or name.startswith(("net.", "fs.mqueue."))):
        raise ValueError(f"sysctl '{text}' is not allowed")
    return text


def mac(text: str) -> None:
    """Refuse what is not a hardware address."""
    import re

    if not re.fullmatch(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}", text.strip()):
        raise ValueError(f"{text} is not a valid mac address")


def whole(text: str) -> int:
    """Read a whole number."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None
