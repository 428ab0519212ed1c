"""Checks of committing-changes/commit-mc."""

from graders.check import Case, check
from graders.facts import Image

TAG = "training:mc"


@check(points=2)
def one_layer_on_ubuntu(case: Case) -> None:
    """training:mc is ubuntu plus exactly one layer"""
    image = case.facts.image(TAG)
    base = case.facts.image(case.before.image("ubuntu"))
    added = len(image.layers) - len(base.layers)
    case.that(
        image.extends(base) and added == 1,
        expected="the layers of ubuntu and one more",
        found=f"those of ubuntu and {added} more" if image.extends(base) else "other layers, or none more",
        because="a commit puts the container's own layer on top of those of its image",
        look="docker history training:mc",
    )


@check(points=4, needs=["one_layer_on_ubuntu"])
def mc_inside(case: Case) -> None:
    """mc is installed in training:mc"""
    with case.facts.image(TAG).opened() as inside:
        listed = (inside.read("/var/lib/dpkg/info/mc.list") or b"").decode(errors="replace").split()
        program = inside.read("/usr/bin/mc") or b""
    case.that(
        "/usr/bin/mc" in listed and program.startswith(b"\x7fELF"),
        expected="the package mc",
        found="an image without it",
        because="an image holds what the container held at the moment of the commit",
        look="docker diff CONTAINER, before the commit",
    )


@check(points=2, needs=["one_layer_on_ubuntu"])
def message(case: Case) -> None:
    """its message is "added mc\""""
    image: Image = case.facts.image(TAG)
    case.equal(image.comment, "added mc", look="docker commit --help")


@check(points=2, needs=["mc_inside"])
def from_midnight(case: Case) -> None:
    """it was made by a commit of the container midnight"""
    container = case.facts.container("midnight")
    case.that(
        case.journal.ever("commit", (container.id, container.name)),
        expected="a commit of midnight",
        found="none",
        look="docker events --since 1h --until 0s",
    )
