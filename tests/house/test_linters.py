"""Lint, types and layers: the tools decide, not taste."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("code", [
    "import runpy, sys; sys.argv[1:] = ['check', '--no-cache', '.']; runpy.run_module('ruff', run_name='__main__')",
    "import runpy, sys; sys.argv[1:] = ['--no-error-summary']; runpy.run_module('mypy', run_name='__main__')",
    "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache', '--no-logo'])",
], ids=["ruff", "mypy", "layers"])
def test_tool_is_content(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
