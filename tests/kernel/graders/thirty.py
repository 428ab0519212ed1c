"""Thirty submissions of every kind, and the grade that each of them has to get."""
from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from graders import course, submission

HELLO, COMMIT = "getting-started/hello-world", "committing-changes/commit-with-a-command"
IDS = (HELLO, COMMIT)
MADE = "2026-11-01T12:00:00+00:00"


@dataclass(frozen=True)
class Expected:
    """What has to come of one submission: points by exercise, None where nothing can be told."""

    points: tuple[float, float] | None
    note: str = ""  # part of the note on hello-world


def solution(exercise: str, name: str = "solution") -> str:
    """Give the text of one of an exercise's solutions."""
    return (course.find(exercise).solutions / f"{name}.sh").read_text()


BOMB = "f() { f | f & }\nf\n"
ENDLESS = "did not end"
LOOPS = {  # a terminal that stays silent gets the next line after a while: the last one ends, and its loop with it
    "while :; do echo; done": ENDLESS, "yes": ENDLESS, "docker run --rm busybox sh -c 'while :; do :; done'": "",
}
BOMBS = (BOMB, f"bash -c '{BOMB}'", "docker run -d busybox sh -c 'f() { f | f & }; while :; do f; done'")


def plans() -> list[tuple[dict[str, str], Expected]]:
    """Give the work and the grade of every submission that is one."""
    hello = solution(HELLO)
    right = [({HELLO: hello, COMMIT: solution(COMMIT)}, Expected((5, 10)))] * 6
    partly = [
        ({HELLO: hello, COMMIT: solution(COMMIT, f"wrong/{name}")}, Expected((5, points)))
        for name, points in (("no_change", 5), ("no_author", 8), ("shell_form", 8.5))
    ] * 2
    wrong = [({HELLO: solution(HELLO, f"wrong/{name}")}, Expected((0, 0)))
             for name in ("only_created", "image_missing_from_command")] * 2
    wrong += [({COMMIT: solution(COMMIT, "cheat/only_tagged")}, Expected((0, 0)))]
    loops = [({HELLO: f"{hello}{loop}\necho never\n"}, Expected((5, 0), note)) for loop, note in LOOPS.items()]
    bombs = [({HELLO: f"{hello}{bomb}\n"}, Expected((5, 0))) for bomb in BOMBS]
    return [*right, *partly, *wrong, *[({}, Expected((0, 0)))] * 4, *loops, *bombs]


def generate(folder: Path) -> dict[str, Expected]:
    """Write thirty submissions; give what has to come of each, by file name."""
    expected = {}
    for number, (work, grade) in enumerate(plans(), 1):
        name = f"student-{number:02}"
        files = [(f"work/{id}/work.sh", text.encode()) for id, text in work.items()]
        submission.pack(folder / f"{name}.zip", student=name, made=MADE, files=files)
        expected[f"{name}.zip"] = grade
    whole = (folder / "student-01.zip").read_bytes()
    (folder / "truncated.zip").write_bytes(whole[: len(whole) // 2])
    (folder / "not-a-zip.zip").write_text("I did it all, honestly.")
    with zipfile.ZipFile(folder / "no-manifest.zip", "w") as archive:
        archive.writestr("work.txt", "docker run hello-world")
    return expected | dict.fromkeys(("truncated.zip", "not-a-zip.zip", "no-manifest.zip"), Expected(None))
