"""labgrade on thirty submissions: the right grades, the same with one and with two at a time, nothing left behind."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import thirty

ROOT = Path(__file__).resolve().parents[3]


def labgrade(folder: Path, output: Path, jobs: int) -> tuple[int, list[dict[str, Any]]]:
    """Run labgrade on a folder; give its exit code and what it wrote."""
    command = [sys.executable, "-m", "graders.labgrade", str(folder), "-j", str(jobs), "-o", str(output)]
    command += [word for id in thirty.IDS for word in ("-e", id)]
    if images := os.environ.get("DOCKLAB_TEST_IMAGES"):
        command += ["--images", images]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (output / "grades.json").exists(), done.stderr
    return done.returncode, json.loads((output / "grades.json").read_text())


def judged(graded: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Keep what must not depend on how the grading went about it."""
    def results(one: dict[str, Any]) -> list[tuple[Any, ...]]:
        every = (result for report in one["reports"] for result in report["results"])
        return [(result["check"], result["status"], result["points"]) for result in every]

    return [(one["file"], one["points"], one["problem"], results(one)) for one in graded]


@pytest.mark.skipif(os.geteuid() != 0, reason="an engine of its own needs root")
@pytest.mark.timeout(900)
def test_thirty_submissions(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    expected = thirty.generate(folder)
    assert len(expected) == 30
    code, graded = labgrade(folder, tmp_path / "two", 2)
    assert code == 3
    for one in graded:
        wanted = expected[one["file"]]
        if wanted.points is None:
            assert one["points"] is None, one
            assert one["problem"]
        else:
            assert tuple(report["points"] for report in one["reports"]) == wanted.points, one
            assert wanted.note in one["reports"][0]["note"], one
    assert judged(labgrade(folder, tmp_path / "one", 1)[1]) == judged(graded)
    assert not list(Path("/sys/fs/cgroup").glob("*/docklab-grade-*"))
