"""Toy exercises and an engine of answers: what the graders' tests stand on."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from graders.api import Refused
from graders.check import Case, Check, Result, check
from graders.facts import Before, Facts
from graders.journal import Action, Journal
from graders.terminal import Terminal


class Answers:
    """Stands for the API: answers by path, 404 for every other one."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.documents = documents

    def get(self, path: str, **_: object) -> Any:
        """Give the document of a path."""
        if path not in self.documents:
            raise Refused(404, f"no such thing: {path}")
        return self.documents[path]

    def raw(self, method: str, path: str, **_: object) -> bytes:
        """Give the bytes of a path."""
        data: bytes = self.get(path)
        return data


def no_console(command: str) -> Terminal:
    """Refuse a terminal."""
    raise AssertionError(command)


def case(work: Path, *, documents: Mapping[str, Any] | None = None, actions: tuple[Action, ...] = ()) -> Case:
    """Make a case that stands on answers."""
    facts = Facts(Answers(documents or {}))  # type: ignore[arg-type]
    return Case(facts, Before(), lambda: Journal(actions), {"name": "polite-x"}, work, no_console)


def toy(body: Callable[[Case], None], *, points: int = 4, needs: tuple[str, ...] = (), name: str = "toy") -> Check:
    """Make a check of a function."""
    def function(case: Case) -> None:
        body(case)

    function.__name__, function.__doc__ = name, f"{name} holds"
    return check(points=points, needs=needs)(function)


def statuses(results: list[Result]) -> dict[str, str]:
    """Give the status of each check."""
    return {result.check: result.status.value for result in results}
