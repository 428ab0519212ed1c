"""CSV and JSON: the grades for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from ..gradebook import Outcome
from ..runner import Report


def as_csv(outcomes: Sequence[Outcome]) -> str:
    """Write one line a submission: points by exercise, empty where they could not be told."""
    exercises = list(dict.fromkeys(report.exercise for outcome in outcomes for report in outcome.reports))
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["student", "file", *exercises, "points", "maximum", "ungradable", "remarks"])
    for outcome in outcomes:
        mine = {report.exercise: report for report in outcome.reports}
        cells = [points(mine.get(id)) for id in exercises]
        whole = "" if outcome.points is None else f"{outcome.points:g}"
        remarks = "; ".join(filter(None, [outcome.problem, *outcome.notes]))
        table.writerow([
            harmless(outcome.student), harmless(outcome.file), *cells, whole, outcome.maximum,
            "yes" if outcome.ungradable else "", harmless(remarks),
        ])
    return out.getvalue()


def points(report: Report | None) -> str:
    """Write the points of one exercise."""
    return "" if report is None or report.ungradable else f"{report.points:g}"


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a student's text for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Write everything that is known of every submission."""
    return json.dumps([document(outcome) for outcome in outcomes], indent=1) + "\n"


def document(outcome: Outcome) -> dict[str, Any]:
    """Give one outcome as JSON data."""
    return {
        "file": outcome.file, "student": outcome.student, "made": outcome.made,
        "points": outcome.points, "earned": outcome.earned,
        "maximum": outcome.maximum, "ungradable": outcome.ungradable, "problem": outcome.problem,
        "notes": list(outcome.notes), "reports": [report.data() for report in outcome.reports],
    }
