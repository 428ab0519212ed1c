"""The shared acceptance suite, once with our client and once with the real one where it is installed.

The suite brings images of its own: ours carry labels, which every container would show.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Lab, missing

SUITE = ROOT.parent / "shared/acceptance"
FILES = ("test_01_isolation.py", "test_02_getting_started.py", "test_03_investigating.py")
LATER = ("test_registry_push_and_pull",)  # the engine has no registry client yet and says so


def _client(name: str) -> str:
    if name == "ours":
        return str(ROOT / "runtime/cli/bin/docker")
    folders = [folder for folder in os.environ["PATH"].split(":") if not Path(folder, "docklab").exists()]
    real = shutil.which("docker", path=":".join(folders))
    if real is None:
        pytest.skip("the real client is not installed here; it is no dependency")
    return real


@pytest.mark.parametrize("client", ["ours", "real"])
def test_suite_passes(bare: Lab, client: str, tmp_path: Path) -> None:
    if not SUITE.is_dir():
        missing(str(SUITE))
    environment = bare.environment | {"DOCKER": _client(client)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(SUITE), "--maxfail=10",
               "-k", " and ".join(f"not {name}" for name in LATER), *(str(SUITE / name) for name in FILES)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
