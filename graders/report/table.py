"""The terminal: a table of submissions, and the results of one exercise."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..check import Result, Status
from ..gradebook import Outcome
from ..runner import Report

MARKS = {
    Status.PASS: "[green]✓[/]", Status.PARTIAL: "[yellow]◐[/]", Status.FAIL: "[red]✗[/]",
    Status.SKIPPED: "[dim]–[/]", Status.UNGRADABLE: "[magenta]?[/]",
}


def grades(outcomes: Sequence[Outcome]) -> Table:
    """Make the table of all submissions."""
    table = Table("student", "file")
    table.add_column("points", justify="right")
    table.add_column("exercises")
    table.add_column("remarks", overflow="fold")
    for outcome in outcomes:
        points = "?" if outcome.points is None else f"{outcome.points:g}"
        marks = "".join(mark(report) for report in outcome.reports)
        whole = f"{points} / {outcome.maximum or '?'}"
        table.add_row(escape(outcome.student), escape(outcome.file), whole, marks, escape(remarks(outcome)))
    return table


def mark(report: Report) -> str:
    """Show an exercise as one sign."""
    if report.ungradable:
        return MARKS[Status.UNGRADABLE]
    if report.passed:
        return MARKS[Status.PASS]
    return MARKS[Status.PARTIAL] if report.points else MARKS[Status.FAIL]


def remarks(outcome: Outcome) -> str:
    """Gather what an instructor should know."""
    unknown = [
        f"{report.exercise}: {result.because}"
        for report in outcome.reports for result in report.results if result.status == Status.UNGRADABLE
    ]
    return "; ".join(filter(None, [outcome.problem, *outcome.notes, *dict.fromkeys(unknown)]))


def show(report: Report, console: Console) -> None:
    """Print the results of one exercise, as its student reads them."""
    for result in report.results:
        console.print(f"{MARKS[result.status]} {escape(result.title)}  [dim]{result.points:g}/{result.maximum}[/]")
        for name, text in details(result):
            console.print(f"    [dim]{name:<9}[/] {escape(text)}")
    if report.note:
        console.print(f"[dim]{escape(report.note)}[/]")
    console.print(f"[bold]{report.points:g} of {report.maximum} points[/]")


def details(result: Result) -> list[tuple[str, str]]:
    """List what a result says besides its status."""
    texts = (result.expected, result.found, result.because, result.look)
    return [(name, text) for name, text in zip(("expected", "found", "because", "look at"), texts, strict=True) if text]
