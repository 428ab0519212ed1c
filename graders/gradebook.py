"""The gradebook: one SQLite file, one writer, every result of every submission that was graded.

Grading a submission again replaces what was there for the same file; nothing else is ever changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .check import Result, Status
from .runner import Report

SCHEMA = """
create table if not exists submission (
    file text primary key, student text not null, made text not null, graded text not null,
    problem text not null, notes text not null
) strict;
create table if not exists report (
    file text not null references submission on delete cascade, exercise text not null, note text not null,
    primary key (file, exercise)
) strict;
create table if not exists result (
    file text not null references submission on delete cascade, exercise text not null, number integer not null,
    name text not null, title text not null, status text not null, points real not null, maximum integer not null,
    expected text not null, found text not null, because text not null, look text not null,
    primary key (file, exercise, number)
) strict;
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one submission."""

    file: str  # its name in the folder that was graded
    student: str
    reports: tuple[Report, ...] = ()
    problem: str = ""  # why it could not be graded at all
    notes: tuple[str, ...] = ()
    made: str = ""

    @property
    def ungradable(self) -> bool:
        """Whether it, or something in it, could not be told."""
        return bool(self.problem) or any(report.ungradable for report in self.reports)

    @property
    def points(self) -> float | None:
        """The points earned, None where not everything could be graded: that is not 0."""
        return None if self.ungradable else self.earned

    @property
    def earned(self) -> float:
        """The points that are certain."""
        return round(sum(report.points for report in self.reports), 2)

    @property
    def maximum(self) -> int:
        """The points there are."""
        return sum(report.maximum for report in self.reports)


def write(path: Path, outcomes: Iterable[Outcome], *, graded: str) -> None:
    """Put outcomes into the gradebook."""
    with closing(sqlite3.connect(path)) as book:
        book.execute("pragma journal_mode = wal")
        book.execute("pragma foreign_keys = on")
        book.executescript(SCHEMA)
        with book:
            for outcome in outcomes:
                put(book, outcome, graded=graded)


def put(book: sqlite3.Connection, outcome: Outcome, *, graded: str) -> None:
    """Replace what is there for one file."""
    book.execute("delete from submission where file = ?", (outcome.file,))
    row = (outcome.file, outcome.student, outcome.made, graded, outcome.problem, "\n".join(outcome.notes))
    book.execute("insert into submission values (?, ?, ?, ?, ?, ?)", row)
    for report in outcome.reports:
        book.execute("insert into report values (?, ?, ?)", (outcome.file, report.exercise, report.note))
        book.executemany(f"insert into result values ({', '.join('?' * 12)})", rows(outcome.file, report))


def rows(file: str, report: Report) -> Iterable[Sequence[object]]:
    """Give the rows of one report."""
    for number, one in enumerate(report.results):
        yield (
            file, report.exercise, number, one.check, one.title, one.status.value, one.points, one.maximum,
            one.expected, one.found, one.because, one.look,
        )


def read(path: Path) -> list[Outcome]:
    """Give every outcome in the gradebook, by file name."""
    with closing(sqlite3.connect(path)) as book:
        found = book.execute("select file, student, problem, notes, made from submission order by file").fetchall()
        return [
            Outcome(file, student, reports(book, file, student), problem, tuple(notes.splitlines()), made)
            for file, student, problem, notes, made in found
        ]


def reports(book: sqlite3.Connection, file: str, student: str) -> tuple[Report, ...]:
    """Give the reports of one file."""
    query = "select exercise, note from report where file = ? order by rowid"
    found = book.execute(query, (file,)).fetchall()
    return tuple(Report(exercise, student, results(book, file, exercise), note) for exercise, note in found)


def results(book: sqlite3.Connection, file: str, exercise: str) -> tuple[Result, ...]:
    """Give the results of one report."""
    query = (
        "select name, title, status, points, maximum, expected, found, because, look from result"
        " where file = ? and exercise = ? order by number"
    )
    found = book.execute(query, (file, exercise))
    return tuple(Result(name, title, Status(status), *rest) for name, title, status, *rest in found)
