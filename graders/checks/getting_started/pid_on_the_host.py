"""Checks of getting-started/pid-on-the-host."""

from graders.check import Case, Ungradable, check
from graders.kernel import Process


def hidden(case: Case) -> Process:
    """Find the process among the container's, by the kernel's word."""
    container = case.facts.container(case.values["name"])
    wanted = ("sleep", case.values["seconds"])
    found = [one for one in container.processes() if one.command == wanted]
    if len(found) != 1:
        raise Ungradable(f"{len(found)} processes run {' '.join(wanted)}: reset the exercise")
    return found[0]


@check(points=5)
def number_on_the_host(case: Case) -> None:
    """answer.txt gives the process's number on the host"""
    answer = case.answer("host")
    case.that(
        answer == str(hidden(case).pid),
        expected="the number on the host",
        found=answer,
        because="an answer typed by hand is right on one machine only; let a command write it",
        look="docker top --help",
    )


@check(points=5)
def number_inside(case: Case) -> None:
    """answer.txt gives the process's number in the container"""
    answer = case.answer("inside")
    case.that(
        answer == str(hidden(case).inner),
        expected="the number in the container",
        found=answer,
        look="docker exec NAME ps",
    )
