"""Checks of committing-changes/commit-with-a-command."""

from graders.check import Case, check

TAG = "training:greeter"


@check(points=3)
def greeting_inside(case: Case) -> None:
    """training:greeter is busybox with the file /greeting, which holds your word"""
    image = case.facts.image(TAG)
    base = case.facts.image(case.before.image("busybox"))
    case.that(
        image.extends(base),
        expected="the layers of busybox and one more",
        found="an image that is not made from the course's busybox, or only another name of it",
        look="docker history training:greeter",
    )
    with image.opened() as inside:
        content = inside.read("/greeting")
    found = "no such file" if content is None else content.decode(errors="replace").strip()
    case.equal(found, case.values["word"], because="a commit takes over the files that the container has")


@check(points=2, needs=["greeting_inside"])
def author(case: Case) -> None:
    """its author is the one asked for"""
    case.equal(case.facts.image(TAG).author, case.values["author"], look="docker commit --help")


@check(points=3, needs=["greeting_inside"])
def command_set(case: Case) -> None:
    """its default command is cat /greeting"""
    command = case.facts.image(TAG).config.get("Cmd")
    if command == ["/bin/sh", "-c", "cat /greeting"]:
        case.fail(
            expected='["cat","/greeting"]',
            found=command,
            because="without the list's brackets a shell stands between Docker and the program",
            fraction=0.5,
        )
    case.equal(command, ["cat", "/greeting"], look="docker inspect -f '{{.Config.Cmd}}' training:greeter")


@check(points=2, needs=["greeting_inside"])
def prints_it(case: Case) -> None:
    """docker run training:greeter prints your word"""
    api = case.facts.api
    made = api.post("/containers/create", {"Image": TAG})["Id"]
    try:
        api.post(f"/containers/{made}/start")
        api.post(f"/containers/{made}/wait")
        said = case.facts.container(made).log().strip()
    finally:
        api.delete(f"/containers/{made}", force=1, v=1)
    case.equal(said, case.values["word"])
