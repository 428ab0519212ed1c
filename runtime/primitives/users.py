"""Who a process runs as: `user[:group]` looked up in a container's own passwd and group files.

By our own reading of the two files, not by getpwnam(3): that would load the image's name service modules into
the engine (CVE-2019-14271). Formats: passwd(5), group(5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LARGEST_ID = 2**31 - 1


class User(NamedTuple):
    """Ids and home of a user."""

    uid: int
    gid: int
    groups: tuple[int, ...]  # supplementary
    home: str


class _Group(NamedTuple):
    name: str
    gid: int
    members: tuple[str, ...]


def _users(lines: Iterable[str]) -> list[tuple[str, int, int, str]]:
    found = []
    for line in lines:
        fields = line.strip().split(":")
        if len(fields) >= 6 and fields[2].isdigit() and fields[3].isdigit():
            found.append((fields[0], int(fields[2]), int(fields[3]), fields[5]))
    return found


def _groups(lines: Iterable[str]) -> list[_Group]:
    found = []
    for line in lines:
        fields = line.strip().split(":")
        if len(fields) >= 4 and fields[2].isdigit():
            found.append(_Group(fields[0], int(fields[2]), tuple(filter(None, fields[3].split(",")))))
    return found


def resolve(spec: str, passwd: Iterable[str], group: Iterable[str], extra: Sequence[str] = ()) -> User:
    """Resolve `name|uid[:group|gid]` ("" is root); ValueError in Docker's words where a name is unknown.

    A user given by name gets the supplementary groups of the group file, a group given explicitly replaces them;
    `extra` are those of --group-add.
    """
    wanted, _, wanted_group = spec.partition(":")
    groups = _groups(group)
    name, uid, gid, home = _user(wanted or "0", passwd)
    supplementary = [one.gid for one in groups if name and name in one.members] if not wanted_group else []
    if wanted_group:
        gid = _group(wanted_group, groups, f"unable to find group {wanted_group}: no matching entries in group file")
    supplementary += [_group(one, groups, f"Unable to find group {one}") for one in extra]
    return User(uid, gid, tuple(dict.fromkeys(supplementary)), home)


def _user(wanted: str, passwd: Iterable[str]) -> tuple[str, int, int, str]:
    users = _users(passwd)
    for name, uid, gid, home in users:
        if name == wanted or (wanted.isdigit() and uid == int(wanted)):
            return name, uid, gid, home or "/"
    if wanted.isdigit():
        return "", _in_range(int(wanted)), 0, "/"
    raise ValueError(f"unable to find user {wanted}: no matching entries in passwd file")


def _group(wanted: str, groups: list[_Group], refusal: str) -> int:
    for one in groups:
        if one.name == wanted:
            return one.gid
    if wanted.isdigit():
        return _in_range(int(wanted))
    raise ValueError(refusal)


def _in_range(number: int) -> int:
    if number > LARGEST_ID:
        raise ValueError(f"uids and gids must be in range 0-{LARGEST_ID}")
    return number
