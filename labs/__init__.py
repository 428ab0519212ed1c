"""What a student imports in a notebook: `import labs`.

    labs.exercise("getting-started/pid-one")            the exercise with its buttons
    labs.keyboard("docker run -it ubuntu", "ls", "exit")  type into a terminal, see its screen
    labs.check("getting-started/pid-one")               look at an exercise
    labs.answer("getting-started/pid-on-the-host", host=4711)   write answer.txt
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import desk
from .screen import keyboard as keyboard

if TYPE_CHECKING:
    from .widget import Exercise


def exercise(reference: str) -> Exercise | None:
    """Show an exercise with its buttons; where there is none of that name, say so in one line."""
    from . import widget

    try:
        return widget.Exercise(reference)
    except desk.DeskError as error:
        print(error)
        return None


def check(exercise: str = "") -> None:
    """Check an exercise, the one under way by default, and print what came of it."""
    from rich.console import Console

    from graders.report import table

    table.show(desk.check(exercise), Console(highlight=False))


def answer(exercise: str, **values: object) -> None:
    """Write answers into the exercise's answer.txt, in place of what it said."""
    path = desk.folder(desk.find(exercise)) / "answer.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{name} = {value}\n" for name, value in values.items()), encoding="utf-8")
