"""Checks of getting-started/detach-and-attach."""

from graders.check import Case, check


@check(points=3)
def visited_twice(case: Case) -> None:
    """a terminal was put on the container twice: once to start it, once to come back"""
    container = case.facts.container(case.values["name"])
    visits = case.journal.count("attach", (container.id, container.name))
    case.that(
        visits >= 2 and container.ever_started,
        expected="two visits or more",
        found=f"{visits}",
        because="exec starts another process in the container; only attach comes back to the first one",
        look="docker attach --help",
        fraction=0.0,
    )


@check(points=3, needs=["visited_twice"])
def still_running(case: Case) -> None:
    """the container runs, with a shell as its process 1"""
    container = case.facts.container(case.values["name"])
    case.that(
        container.running,
        expected="a running container",
        found=f"one that is {container.status}",
        because="the shell was ended instead of left",
        look="docker attach --help, the option --detach-keys",
    )
    command = container.process.command if container.process else ()
    case.that("bash" in " ".join(command), expected="bash as process 1", found=" ".join(command))


@check(points=4, needs=["visited_twice"])
def same_shell(case: Case) -> None:
    """the shell of the second visit still knew the variable of the first"""
    container = case.facts.container(case.values["name"])
    written = container.read("/root/secret")
    found = (written or b"").decode(errors="replace").strip()
    case.that(
        found == case.values["word"],
        expected=f"/root/secret to hold {case.values['word']}",
        found=repr(found) if written is not None else "no file /root/secret",
        because="a variable lives in one process and dies with it",
    )
    starts = case.journal.count("start", (container.id, container.name))
    case.that(starts <= 1, expected="a container started once", found=f"{starts} starts")
    environment = " ".join(container.config.get("Env") or ())
    case.that(
        case.values["word"] not in environment,
        expected="a variable of the shell alone",
        found="one that the container was created with",
        because="every process of the container would know that one",
    )
