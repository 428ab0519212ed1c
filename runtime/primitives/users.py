"""Users: whom `--user` names, by the container's own passwd(5) and group(5).

A container has its own user names but, without a user namespace, the host's user numbers: `www-data` is what
the container's /etc/passwd says it is. These files are parsed here, line by line, and never through getpwnam(3):
that would load the image's NSS libraries into a process of the engine (CVE-2019-14271).

    docker run --user app …        name from /etc/passwd, its group, its supplementary groups
    docker run --user 1000:50 …    numbers need no entry
    getent passwd app; id app

Only the standard library is used: the interpreter imports this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LARGEST_ID = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class User:
    """Who a process runs as."""

    uid: int
    gid: int
    groups: tuple[int, ...]
    home: str


def _entries(lines: Iterable[str], fields: int) -> Iterator[list[str]]:
    """Split the lines of passwd or group; comments and short lines are passed over."""
    for line in lines:
        text = line.strip()
        if text and not text.startswith("#"):
            parts = text.split(":")
            yield parts + [""] * (fields - len(parts))


def _number(text: str) -> int | None:
    """Read a number as Go's Atoi does: an optional sign and ASCII digits."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


def resolve(spec: str, passwd: Iterable[str], group: Iterable[str], extra: Sequence[str] = ()) -> User:
    """Resolve `user[:group]` and `--group-add`; ValueError in Docker's words for a name nobody has.

    A name is looked for before a number is tried, so that a user called "0" would be found by name.
    """
    who, _colon, of_group = spec.partition(":")
    groups = list(_entries(group, 4))
    uid, gid, name, home = _user(who, list(_entries(passwd, 7)))
    more: list[int] = []
    if of_group:
        gid = _group(of_group, groups, "unable to find group {}: no matching entries in group file")
    elif name:
        more = [_id(entry[2]) for entry in groups if name in entry[3].split(",")]
    more += [_group(one, groups, "Unable to find group {}") for one in extra]
    # Like runc and newer moby, the primary group is a supplementary one too (CVE-2022-36109).
    return User(uid, gid, tuple(dict.fromkeys([gid, *more])), home or "/")


def _user(who: str, entries: list[list[str]]) -> tuple[int, int, str, str]:
    number = 0 if not who else _number(who)
    for entry in entries:
        if entry[0] == who or (number is not None and _number(entry[2]) == number):
            return _id(entry[2]), _id(entry[3]), entry[0], entry[5]
    if number is None:
        raise ValueError(f"unable to find user {who}: no matching entries in passwd file")
    _check_range(number)
    return number, 0, "", "/"


def _group(which: str, entries: list[list[str]], missing: str) -> int:
    number = _number(which)
    for entry in entries:
        if entry[0] == which or (number is not None and _number(entry[2]) == number):
            return _id(entry[2])
    if number is None:
        raise ValueError(missing.format(which))
    _check_range(number)
    return number


def _id(text: str) -> int:
    number = _number(text) or 0
    _check_range(number)
    return number


def _check_range(number: int) -> None:
    if not 0 <= number <= LARGEST_ID:
        raise ValueError(f"uids and gids must be in range 0-{LARGEST_ID}")
