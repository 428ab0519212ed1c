"""Every notebook runs from top to bottom and shows what it showed its author."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Lab

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@by_name
def test_outputs_are_as_recorded(lab: Lab, path: Path) -> None:
    sanitize = ROOT / "notebooks/sanitize.cfg"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-cell-timeout=180",
               f"--nbval-sanitize-with={sanitize}", "-W", "ignore", str(path)]
    done = subprocess.run(command, env=lab.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


@by_name
def test_every_exercise_of_the_chapter_is_in_it(path: Path) -> None:
    from graders import course

    text = "".join("".join(cell["source"]) for cell in json.loads(path.read_text())["cells"])
    chapter = next(chapter for chapter in course.chapters() if chapter.notebook == path.name)
    assert [name for name in chapter.exercises if f'labs.exercise("{chapter.id}/{name}")' not in text] == []


@by_name
def test_no_trouble_is_recorded(path: Path) -> None:
    cells = json.loads(path.read_text())["cells"]
    kinds = {output["output_type"] for cell in cells for output in cell.get("outputs", [])}
    assert "error" not in kinds
