"""Graders are graded: reference full, empty nothing, each wrong one fails what it says."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT, missing


def test_lint_is_content() -> None:
    if os.geteuid() != 0:
        missing("root")
    command = [sys.executable, "-m", "graders.labgrade", "lint"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
