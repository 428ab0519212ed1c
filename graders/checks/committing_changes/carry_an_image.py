"""Checks of committing-changes/carry-an-image."""

import hashlib
import json
import tarfile

from graders.check import Case, check


def tag(case: Case) -> str:
    """Give the image's name."""
    return f"training:cargo-{case.values['version']}"


def configurations(case: Case) -> set[str]:
    """Give the ids of the images in cargo.tar: an image's id is the digest of its configuration."""
    found = set()
    with tarfile.open(case.work / "cargo.tar") as archive:
        manifest = archive.extractfile("manifest.json")
        for image in json.load(manifest) if manifest else ():
            member = archive.extractfile(image["Config"])
            found.add("sha256:" + hashlib.sha256(member.read() if member else b"").hexdigest())
    return found


@check(points=3)
def archive(case: Case) -> None:
    """cargo.tar holds the image"""
    path = case.work / "cargo.tar"
    case.that(path.is_file(), expected=f"a file {path}", found="no such file", look="docker save --help")
    try:
        inside = configurations(case)
    except (tarfile.TarError, KeyError, ValueError, OSError) as error:
        case.fail(
            expected="an image archive",
            found=f"something else: {error}",
            because="an export holds a container's files, not an image",
            look="tar -tf cargo.tar",
        )
    case.that(
        case.before.image(tag(case)) in inside,
        expected=f"the image {tag(case)}",
        found="another image",
        look="docker images --no-trunc",
    )


@check(points=3, needs=["archive"])
def removed(case: Case) -> None:
    """the image was removed after it had been saved"""
    names = (tag(case), case.before.image(tag(case)))
    case.that(
        case.journal.before("save", "delete", names, kind="image"),
        expected="save, then remove",
        found="no removal after a save",
        because="otherwise there is nothing to carry: the image never left",
        look="docker rmi --help",
    )


@check(points=4, needs=["removed"])
def back_again(case: Case) -> None:
    """it was loaded again, and is the very same image"""
    image = case.facts.image(tag(case))
    case.equal(
        image.id,
        case.before.image(tag(case)),
        because="an image's id is the digest of its settings and layers: an import makes another one",
        look="docker load --help",
    )
    case.that(case.journal.ever("load", kind="image"), expected="a load", found="none", look="docker load --help")
