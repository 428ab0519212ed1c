"""The check API: what the author of an exercise writes against.

A check is a function whose docstring the student reads; it states what is true when the work is right, and
it says one fact. It returns when that holds and otherwise calls `case.fail`, `case.equal` or `case.that`
with what was expected, what was found, why that matters and where to look. Whatever else goes wrong in it
is the grader's trouble: the result is "ungradable", never 0 points.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, NotRequired, TypedDict, Unpack

if TYPE_CHECKING:
    from .facts import Before, Facts
    from .journal import Journal
    from .terminal import Terminal


class Status(StrEnum):
    """How one check ended."""

    PASS = "pass"
    PARTIAL = "partial"
    FAIL = "fail"
    SKIPPED = "skipped"  # something it needs did not pass
    UNGRADABLE = "ungradable"  # could not tell: the grader's trouble, never the student's fault


class Words(TypedDict):
    """What a failure says."""

    expected: object
    found: object
    because: NotRequired[str]  # why it matters
    look: NotRequired[str]  # where to look: a command, a page; never the answer
    fraction: NotRequired[float]  # of the points, earned all the same


class Fail(Exception):
    """The work is not as it should be; `fraction` of the points is earned all the same (0 unless partial)."""

    def __init__(
        self, *, expected: object, found: object, because: str = "", look: str = "", fraction: float = 0.0
    ) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected, self.found, self.because, self.look = str(expected), str(found), because, look
        self.fraction = fraction


class Ungradable(Exception):
    """It cannot be told whether the work is right; the message says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one check said: data only, renderers add colours and words."""

    check: str  # the function's name, what `needs` and wrong solutions refer to
    title: str  # the docstring
    status: Status
    points: float
    maximum: int
    expected: str = ""
    found: str = ""
    because: str = ""  # also: why skipped, why ungradable
    look: str = ""

    def data(self) -> dict[str, Any]:
        """Give the result as JSON data."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Result:
        """Make a result of JSON data; raise ValueError where it is not one."""
        try:
            result = cls(**{**data, "status": Status(data["status"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a result: {error}") from None
        if not 0 <= result.points <= result.maximum:
            raise ValueError(f"{result.check}: {result.points} points of {result.maximum}")
        return result


@dataclass(frozen=True, slots=True)
class Check:
    """One check as its author declared it."""

    function: Callable[[Case], None]
    points: int
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @property
    def title(self) -> str:
        """What the student reads: the docstring on one line."""
        return " ".join((self.function.__doc__ or self.name.replace("_", " ")).split())

    def __call__(self, case: Case) -> None:
        """Run it."""
        self.function(case)

    def result(self, status: Status, points: float = 0.0, **words: str) -> Result:
        """Make a result of this check."""
        return Result(self.name, self.title, status, points, self.points, **words)


def check(*, points: int, needs: Iterable[str] = ()) -> Callable[[Callable[[Case], None]], Check]:
    """Declare a check worth `points`, skipped unless the checks named in `needs` pass."""
    if points < 0:
        raise ValueError("a check is worth 0 points or more")
    return lambda function: Check(function, points, tuple(needs))


@dataclass(frozen=True)
class Case:
    """All that a check may look at."""

    facts: Facts  # the system now, by two witnesses
    before: Before  # what there was when the exercise was started
    history: Callable[[], Journal]
    values: Mapping[str, str]  # the variant's values
    work: Path  # the student's folder of this exercise
    console: Callable[[str], Terminal] = field(repr=False)

    @functools.cached_property
    def journal(self) -> Journal:
        """What was asked of the engine since the exercise was started."""
        return self.history()

    @functools.cached_property
    def answers(self) -> dict[str, str]:
        """The values in the student's answer.txt: `name = value` lines."""
        return read_answers(self.work / "answer.txt")

    def terminal(self, command: str) -> Terminal:
        """Start a command on a terminal of its own, as a person at a keyboard would."""
        return self.console(command)

    def fail(self, **words: Unpack[Words]) -> NoReturn:
        """Say that the work is not right; a `fraction` between 0 and 1 makes it partly right."""
        raise Fail(**words)

    def that(self, truth: object, **words: Unpack[Words]) -> None:
        """Fail unless `truth` holds."""
        if not truth:
            self.fail(**words)

    def equal(self, found: object, expected: object, *, because: str = "", look: str = "") -> None:
        """Fail unless what was found is what was expected."""
        self.that(found == expected, expected=expected, found=found, because=because, look=look)

    def answer(self, name: str) -> str:
        """Give the student's answer of that name, failing where there is none."""
        value = self.answers.get(name, "")
        self.that(
            value,
            expected=f"a line '{name} = …' in answer.txt",
            found="no such line" if (self.work / "answer.txt").is_file() else "no file answer.txt",
            look=f"The file belongs into {self.work}",
        )
        return value


def read_answers(path: Path) -> dict[str, str]:
    """Read `name = value` lines; a missing file has none."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = file.read(1 << 16).splitlines()
    except (FileNotFoundError, IsADirectoryError):
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
