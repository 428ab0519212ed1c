"""Checks of getting-started/interactive-shell."""

from graders.check import Case, check

FILE = "/root/was-here"


@check(points=3)
def on_a_terminal(case: Case) -> None:
    """the container ran a shell of ubuntu on a terminal, with its input open"""
    container = case.facts.container(case.values["name"])
    case.equal(container.image, case.before.image("ubuntu"), because="the exercise asks for the image ubuntu")
    case.that(container.ever_started, expected="a container that ran", found="one that was never started")
    config = container.config
    case.that(
        config.get("Tty") and config.get("OpenStdin"),
        expected="a terminal (-t) and an open input (-i)",
        found=f"terminal: {bool(config.get('Tty'))}, open input: {bool(config.get('OpenStdin'))}",
        because="without both of them nobody can type into the shell",
        look="docker run --help",
    )


@check(points=4, needs=["on_a_terminal"])
def file_inside(case: Case) -> None:
    """/root/was-here is in the container and holds your word"""
    container = case.facts.container(case.values["name"])
    content = container.read(FILE)
    case.that(content is not None, expected=FILE, found="no such file", look="docker diff NAME")
    found = (content or b"").decode(errors="replace").strip()
    case.equal(found, case.values["word"])
    case.equal(container.changes().get(FILE), "A", because="the file is new in the container", look="docker diff NAME")


@check(points=3, needs=["on_a_terminal"])
def left_politely(case: Case) -> None:
    """the shell ended by itself, with exit code 0"""
    container = case.facts.container(case.values["name"])
    case.equal(container.status, "exited", because="the shell is process 1: when it ends, the container ends")
    case.equal(
        container.exit_code,
        0,
        because="a shell hands on the exit code of its last command; 137 means that it was killed",
        look="docker ps -a, the column STATUS",
    )
