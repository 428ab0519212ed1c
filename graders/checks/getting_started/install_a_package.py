"""Checks of getting-started/install-a-package."""

from graders.check import Case, check

PROGRAM, LISTED = "/usr/bin/mc", "/var/lib/dpkg/info/mc.list"


@check(points=7)
def installed(case: Case) -> None:
    """mc is installed in the container"""
    container = case.facts.container(case.values["name"])
    case.equal(container.image, case.before.image("ubuntu"), because="the exercise asks for the image ubuntu")
    changes = container.changes()
    for path in (PROGRAM, LISTED):
        case.that(
            changes.get(path) == "A",
            expected=f"{path}, new in the container",
            found="no such change",
            because="the package manager puts the program and the list of the package's files there",
            look="docker diff NAME",
        )
    listed = (container.read(LISTED) or b"").decode(errors="replace").split()
    program = container.read(PROGRAM) or b""
    case.that(
        PROGRAM in listed and program.startswith(b"\x7fELF"),
        expected="the package's program",
        found="a file of that name",
        look="docker start -ai NAME, then mc --version",
    )


@check(points=3, needs=["installed"])
def image_untouched(case: Case) -> None:
    """the image ubuntu is as it was, without mc"""
    image = case.facts.image("ubuntu:latest")
    case.equal(
        image.id,
        case.before.image("ubuntu"),
        because="what a container changes stays in the container; only commit makes an image of it",
        look="docker images",
    )
    with image.opened() as inside:
        case.that(not inside.has(PROGRAM), expected="no mc in the image", found=PROGRAM)
