"""One HTML page of feedback for a student: no scripts, nothing from elsewhere, every text escaped."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

from .. import course
from ..gradebook import Outcome

WORDS = {
    "pass": "passed", "partial": "in part", "fail": "not yet", "skipped": "left out", "ungradable": "could not tell",
}


@functools.cache
def template() -> jinja2.Template:
    """Load the page's template."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.get_template("page.html.j2")


def as_html(outcome: Outcome) -> str:
    """Write the page of one outcome."""
    titles = {id: exercise.title for id, exercise in course.exercises().items()}
    return template().render(outcome=outcome, titles=titles, words=WORDS)
