"""Checks of committing-changes/flatten."""

from graders.check import Case, check

TAG, SOURCE = "training:flat", "training:layers"


@check(points=4)
def one_layer(case: Case) -> None:
    """training:flat is a new image of one layer"""
    image = case.facts.image(TAG)
    case.that(
        image.id not in case.before.images.values(),
        expected="a new image",
        found="another name for one that was there before",
    )
    case.that(
        len(image.layers) == 1,
        expected="1 layer",
        found=f"{len(image.layers)}",
        because="a commit adds a layer; only an export lets go of them",
        look="docker history training:flat",
    )
    with image.opened() as inside:
        kept = (inside.read("/kept") or b"").decode(errors="replace").strip()
    case.equal(kept, case.values["word"], because="training:flat has the files of training:layers")


@check(points=2, needs=["one_layer"])
def nothing_deleted_left(case: Case) -> None:
    """the deleted file is not in it, and everything else is"""
    with case.facts.image(TAG).opened() as inside:
        case.that(not inside.has("/ballast"), expected="no file /ballast", found="/ballast")
        case.that(inside.has("/bin/busybox"), expected="/bin/busybox", found="no such file")


@check(points=4, needs=["one_layer"])
def same_command(case: Case) -> None:
    """it runs the same default command as training:layers"""
    wanted = case.facts.image(case.before.image(SOURCE)).config.get("Cmd")
    case.equal(
        case.facts.image(TAG).config.get("Cmd"),
        wanted,
        because="an export holds files; settings have to be said again",
        look="docker import --help",
    )
