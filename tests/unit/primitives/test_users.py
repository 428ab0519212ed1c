"""`--user` against the container's own passwd and group, without NSS."""

from __future__ import annotations

import pytest

from runtime.primitives import users
from runtime.primitives.users import User

PASSWD = [
    "root:x:0:0:root:/root:/bin/sh",
    "# a comment",
    "",
    "app:x:1000:1001:The app:/home/app:/bin/sh",
    "half:x:1002",
    "web:x:33:33::/var/www:/bin/false",
]
GROUP = ["root:x:0:", "app:x:1001:", "audio:x:29:app,web", "video:x:44:app", "short:x:7"]


def resolve(spec: str, *extra: str) -> User:
    return users.resolve(spec, PASSWD, GROUP, extra)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("", User(0, 0, (0,), "/root")),
        ("app", User(1000, 1001, (1001, 29, 44), "/home/app")),
        ("1000", User(1000, 1001, (1001, 29, 44), "/home/app")),
        ("app:video", User(1000, 44, (44,), "/home/app")),
        ("app:5000", User(1000, 5000, (5000,), "/home/app")),
        ("4242", User(4242, 0, (0,), "/")),
        ("4242:audio", User(4242, 29, (29,), "/")),
        ("half", User(1002, 0, (0,), "/")),
        (":audio", User(0, 29, (29,), "/root")),
    ],
)
def test_resolves(spec: str, expected: User) -> None:
    assert resolve(spec) == expected


def test_extra_groups_by_name_and_number() -> None:
    assert resolve("app", "short", "99").groups == (1001, 29, 44, 7, 99)


def test_without_files_root_still_exists() -> None:
    assert users.resolve("", [], []) == User(0, 0, (0,), "/")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("nobody", "unable to find user nobody: no matching entries in passwd file"),
        ("app:none", "unable to find group none: no matching entries in group file"),
        ("-1", "uids and gids must be in range 0-2147483647"),
        ("4294967295", "uids and gids must be in range 0-2147483647"),
        ("1:99999999999", "uids and gids must be in range 0-2147483647"),
        ("１", "unable to find user １: no matching entries in passwd file"),
    ],
)
def test_refuses_in_dockers_words(spec: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        resolve(spec)
    assert str(caught.value) == message


def test_an_unknown_extra_group() -> None:
    with pytest.raises(ValueError, match=r"^Unable to find group nogroup$"):
        resolve("app", "nogroup")
