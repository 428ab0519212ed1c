"""An exercise in a notebook: its text, the buttons Start, Check, Hint and Reset, and the live result.

The widget holds data only; labs/jupyter/exercise.js draws it. Every button is one call of the desk, the same that the
command line makes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from markdown_it import MarkdownIt

from . import desk

FOLDER = Path(__file__).parent / "jupyter"
MARKDOWN = MarkdownIt("commonmark", {"html": False})

JSON = dict[str, Any]


class Exercise(anywidget.AnyWidget):
    """One exercise on the page."""

    _esm = FOLDER / "exercise.js"
    _css = FOLDER / "exercise.css"

    about = traitlets.Dict().tag(sync=True)  # id, title, points, minutes, folder: never change
    text = traitlets.Unicode().tag(sync=True)  # the task as HTML
    begun = traitlets.Bool(default_value=False).tag(sync=True)
    current = traitlets.Bool(default_value=False).tag(sync=True)  # what terminals record belongs to it
    busy = traitlets.Unicode().tag(sync=True)  # what is being done, "" for nothing
    trouble = traitlets.Unicode().tag(sync=True)  # why the last button did not work
    hints: traitlets.List[str] = traitlets.List().tag(sync=True)  # the hints given so far, as HTML
    report = traitlets.Dict().tag(sync=True)  # the last report, empty for none

    def __init__(self, reference: str) -> None:
        """Show the exercise called `reference`."""
        exercise = desk.find(reference)
        self.exercise = exercise
        super().__init__(
            about={"id": exercise.id, "title": exercise.title, "points": exercise.points, "minutes": exercise.minutes,
                   "folder": str(desk.folder(exercise))},
            text=MARKDOWN.render(exercise.text(desk.student())),
        )
        self.refresh()
        self.on_msg(self._pressed)

    def refresh(self) -> None:
        """Take over what the desk remembers."""
        remembered = desk.recall(self.exercise)
        given = self.exercise.hints(desk.student())[:int(remembered.get("hints", 0))]
        self.begun = "before" in remembered
        self.current = desk.under_way() == self.exercise.id
        self.hints = [MARKDOWN.render(hint) for hint in given]
        self.report = remembered.get("report") or {}

    def press(self, button: str) -> None:
        """Do what a button says; what goes wrong is shown in place of the result."""
        says, act = self._buttons()[button]
        self.busy, self.trouble = says, ""
        try:
            act(self.exercise.id)
        except (desk.DeskError, OSError) as error:
            self.trouble = str(error)
        finally:
            self.refresh()
            self.busy = ""

    def _buttons(self) -> dict[str, tuple[str, Callable[[str], object]]]:
        return {
            "start": ("Setting up", desk.start),
            "check": ("Checking", desk.check),
            "hint": ("Looking for a hint", desk.hint),
            "reset": ("Starting again", desk.reset),
        }

    def _pressed(self, widget: object, content: JSON, buffers: object) -> None:
        if content.get("button") in self._buttons():
            self.press(content["button"])

    def _repr_mimebundle_(self, **options: Any) -> tuple[JSON, JSON] | None:
        """Show as plain text what the exercise is, for readers without a browser."""
        shown = super()._repr_mimebundle_(**options)
        if shown is not None:
            shown[0]["text/plain"] = f"Exercise {self.exercise.id}: {self.exercise.title}"
        return shown
