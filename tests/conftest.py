"""What tests of every kind share: a daemon of their own, loaded with the course images."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CI = bool(os.environ.get("CI"))


@dataclass(frozen=True)
class Lab:
    """A running installation of docklab in a folder of its own."""

    folder: Path

    @property
    def host(self) -> str:
        return f"unix://{self.folder / 'docklab.sock'}"

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DOCKLAB_STATE": str(self.folder), "DOCKLAB_HOME": str(self.folder / "home"), "DOCKER_HOST": self.host,
            "PYTHONPATH": str(ROOT), "DOCKLAB_PYTHON": sys.executable, "DOCKLAB_BIP": "",
            "PATH": f"{ROOT / 'runtime/cli/bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        return {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")} | own

    def docklab(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `docklab` and fail with what it said."""
        command = [sys.executable, "-m", "runtime.cli.lab", *words]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done


def missing(what: str) -> None:
    """Skip on a laptop what it lacks; in CI it is a failure."""
    if CI:
        pytest.fail(f"missing on this machine: {what}")
    pytest.skip(f"missing on this machine: {what}")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The engine with the course images, gone when the tests are over."""
    yield from _running(Lab(tmp_path_factory.mktemp("lab")), "up", "--no-jupyter")


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The engine without any image, gone when the tests are over."""
    yield from _running(Lab(tmp_path_factory.mktemp("bare")), "up", "--no-jupyter", "--no-images")


def _running(made: Lab, *up: str) -> Iterator[Lab]:
    if os.geteuid() != 0:
        missing("root")
    made.docklab(*up)
    try:
        yield made
    finally:
        clear = "docker ps -aq | xargs -r docker rm -fv > /dev/null"
        subprocess.run(["bash", "-c", clear], env=made.environment, check=False)
        made.docklab("down")
