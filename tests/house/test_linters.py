"""Lint, types and layers: the tools decide, not taste."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("command", [
    ["ruff", "check", "--no-cache", "."],
    ["mypy", "--no-error-summary"],
    ["importlinter.cli", "lint"],
], ids=["ruff", "mypy", "layers"])
def test_tool_is_content(command: list[str]) -> None:
    program = [sys.executable, "-m", *command]
    if command[0] == "importlinter.cli":
        program = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
