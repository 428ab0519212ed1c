"""Checks of getting-started/pid-one."""

import time

from graders.check import Case, check
from graders.facts import Container

GRACE = 4  # seconds until the check's stop kills: enough to tell "within 2 s" from "not at all"


def stop(container: Container) -> tuple[float, int]:
    """Stop a container, start it again, and give the seconds that it took and its exit code."""
    began = time.monotonic()
    container.api.post(f"/containers/{container.id}/stop", None, t=GRACE)
    took = time.monotonic() - began
    code = container.now().exit_code
    container.api.post(f"/containers/{container.id}/start")
    return took, code


@check(points=2)
def runs(case: Case) -> None:
    """the container runs in the background"""
    container = case.facts.container(case.values["name"])
    case.equal(container.image, case.before.image("busybox"), because="the exercise asks for the image busybox")
    case.that(
        container.running,
        expected="a running container",
        found=f"one that is {container.status}",
        look="docker ps -a, docker logs",
    )


@check(points=4, needs=["runs"])
def stops_in_time(case: Case) -> None:
    """it stops within 2 seconds of being asked"""
    took, _ = stop(case.facts.container(case.values["name"]))
    case.that(
        took < 2,
        expected="less than 2 s",
        found=f"{took:.1f} s, then it was killed",
        because="process 1 gets only the signals that it asked for",
        look="the shell's command trap",
    )


@check(points=4, needs=["stops_in_time"])
def ends_with_0(case: Case) -> None:
    """its exit code is 0 when it was asked to stop"""
    _, code = stop(case.facts.container(case.values["name"]))
    case.equal(
        code,
        0,
        because="143 is 128 + 15: ended by the signal TERM; 137 is 128 + 9: killed. 0 is the process's own decision",
        look="docker inspect -f '{{.State.ExitCode}}'",
    )
