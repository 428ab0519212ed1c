"""Gradebook and reports."""
from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from graders import gradebook, labgrade
from graders.check import Result, Status
from graders.gradebook import Outcome
from graders.report import files, page, table
from graders.runner import Report

ID = "getting-started/hello-world"


def result(status: str, points: float = 0.0, **words: str) -> Result:
    return Result("ran", "it <ran>", Status(status), points, 5, **words)


def outcome(*results: Result, student: str = "ada", note: str = "") -> Outcome:
    return Outcome(f"{student}.zip", student, (Report(ID, student, results, note),), made="2026")


RIGHT = outcome(result("pass", 5))
FAIL = result("fail", expected="<b>", found="x & y", because="so", look="docker ps")
WRONG = outcome(FAIL, student="bob", note="late")
UNKNOWN = outcome(result("ungradable", because="no engine"), student="eve")
BROKEN = Outcome("x.zip", "x", problem="not a zip file")


def test_the_gradebook_gives_back_what_was_put_in(tmp_path: Path) -> None:
    book = tmp_path / "g.sqlite"
    gradebook.write(book, [WRONG, RIGHT, BROKEN], graded="now")
    assert gradebook.read(book) == [RIGHT, WRONG, BROKEN]
    again = outcome(result("partial", 2.5))
    gradebook.write(book, [again], graded="later")
    assert gradebook.read(book) == [again, WRONG, BROKEN]


def test_ungradable_is_never_0() -> None:
    rows = list(csv.DictReader(io.StringIO(files.as_csv([RIGHT, WRONG, UNKNOWN, BROKEN]))))
    assert [row["points"] for row in rows] == ["5", "0", "", ""]
    assert [row[ID] for row in rows] == ["5", "0", "", ""]
    assert [row["ungradable"] for row in rows] == ["", "", "yes", "yes"]
    assert rows[3]["remarks"] == "not a zip file"
    assert BROKEN.points is UNKNOWN.points is None


def test_a_spreadsheet_gets_no_formulas() -> None:
    evil = Outcome("=1+1.zip", "=cmd()", problem="@x")
    row = next(csv.DictReader(io.StringIO(files.as_csv([evil]))))
    assert (row["student"], row["file"], row["remarks"]) == ("'=cmd()", "'=1+1.zip", "'@x")


def test_json_holds_everything() -> None:
    document = json.loads(files.as_json([WRONG]))[0]
    assert document["reports"][0]["results"][0]["found"] == "x & y"
    assert document["reports"][0]["note"] == "late"


def test_a_page_says_all_and_escapes_it() -> None:
    html = page.as_html(WRONG)
    for words in ("Hello, world", "&lt;b&gt;", "x &amp; y", "docker ps", "late", "0 of 5 points", "it &lt;ran&gt;"):
        assert words in html
    assert "<b>" not in html
    assert "not a grade of 0" in page.as_html(BROKEN)


def test_the_table_shows_every_submission() -> None:
    console = Console(width=120, file=io.StringIO(), force_terminal=False)
    console.print(table.grades([RIGHT, WRONG, UNKNOWN, BROKEN]))
    table.show(WRONG.reports[0], console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for words in ("5 / 5", "0 / 5", "no engine", "not a zip file", "expected  <b>", "0 of 5 points"):
        assert words in text


def test_labgrade_writes_everything_and_says_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ada", "bob", "x"):
        (tmp_path / f"{name}.zip").touch()
    made = {"ada.zip": RIGHT, "bob.zip": WRONG, "x.zip": BROKEN}
    monkeypatch.setattr(labgrade, "grade_one", lambda file, **_: made[file.name])
    out = tmp_path / "out"
    arguments = [str(tmp_path), "-j", "2", "-o", str(out), "--images", str(tmp_path)]
    done = CliRunner().invoke(labgrade.main, arguments)
    assert done.exit_code == 3, done.output
    assert "3 submissions graded, 1 of them" in done.output
    assert sorted(path.name for path in out.rglob("*") if path.is_file()) == [
        "ada.html", "bob.html", "gradebook.sqlite", "grades.csv", "grades.json", "x.html"]


@pytest.mark.parametrize(("arguments", "says"), [
    (["nowhere"], "does not exist"), ([], "Usage"), (["lint", "no-such"], "no exercise 'no-such'"),
])
def test_wrong_use_is_one_clear_error(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(labgrade.main, arguments)
    assert done.exit_code in (0, 2)
    assert says in done.output


def test_a_folder_without_submissions_is_wrong_use(tmp_path: Path) -> None:
    assert "no submissions" in CliRunner().invoke(labgrade.main, [str(tmp_path)]).output


def test_a_worker_that_breaks_off_makes_it_ungradable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    broken = labgrade.grade_one(tmp_path / "ada.zip", ids=[ID], images=tmp_path)
    assert broken.ungradable
    assert broken.problem.startswith("grading broke off")
