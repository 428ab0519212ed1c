"""Checks of getting-started/hello-world."""

from graders.check import Case, check
from graders.facts import Container


def made(case: Case) -> list[Container]:
    """List the containers of the course's hello-world that were made since the exercise began."""
    image = case.before.image("hello-world")
    return [one for one in case.facts.containers() if one.image == image and one.id not in case.before.containers]


@check(points=3)
def ran(case: Case) -> None:
    """a container of hello-world ran to its end, with exit code 0"""
    containers = made(case)
    case.that(
        containers,
        expected="a container of the image hello-world",
        found="none, running or not",
        look="docker ps -a",
    )
    ended = [one for one in containers if one.ever_started and one.status == "exited"]
    case.that(
        ended,
        expected="a container that was started and has ended",
        found=f"one that is {containers[0].status}",
        because="a container that was only created has run nothing yet",
        look="docker ps -a, the column STATUS",
    )
    case.equal(ended[0].exit_code, 0, because="0 says that all went well", look="docker ps -a, the column STATUS")


@check(points=2, needs=["ran"])
def said_hello(case: Case) -> None:
    """the container's log says hello"""
    logs = [one.log() for one in made(case)]
    case.that(
        any("hello from" in log.lower() for log in logs),
        expected="the greeting that the image's program prints",
        found=logs[0].strip()[:80] or "an empty log",
        because="the image's own command says it; a command after the image's name takes its place",
        look="docker logs CONTAINER",
    )
