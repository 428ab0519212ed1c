"""The daemon is killed with containers running; they do not notice, and the next daemon finds them as they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from labs.images import families

ROOT = Path(__file__).resolve().parents[3]
CLIENT = ROOT / "runtime/cli/bin/docker"
LINES = 60_000


class Daemon:
    """One daemon's command line; may be started, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "DOCKER_HOST": f"unix://{folder}/d.sock"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        folder = self.folder
        command = [
            *(sys.executable, "-m", "runtime.daemon", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
            *("-H", f"unix://{folder}/d.sock", "--pidfile", f"{folder}/pid", "--bip", "10.222.0.1/24"),
        ]
        with (folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        until(lambda: self.run("version", check=False).returncode == 0)

    def end(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(60)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [CLIENT, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert not check or done.returncode == 0, (arguments, done.stdout[-500:], done.stderr)
        return done

    def out(self, *arguments: str) -> str:
        return self.run(*arguments).stdout.strip()


def until(true: object, seconds: float = 20) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(tmp_path)
    made.start()
    ((archive, _built),) = families.ensure(families.default_folder(), ["busybox"])
    made.run("load", "-q", "-i", str(archive))
    try:
        yield made
    finally:
        names = made.out("ps", "-aq").split()
        if names:
            made.run("rm", "-f", *names)
        made.end(signal.SIGTERM)


def test_twenty_containers_outlive_the_daemon(daemon: Daemon) -> None:
    for number in range(1, 11):
        daemon.run("run", "-d", "--name", f"plain{number}", "busybox", "sh", "-c", f"sleep 8; exit {number}")
    for number in range(5):
        daemon.run("run", "-dit", "--name", f"shell{number}", "busybox", "sh")
        daemon_input = pexpect.spawn(str(CLIENT), ["attach", f"shell{number}"], env=daemon.environment, timeout=20)
        daemon_input.sendline(f"MARK=kept{number}")
        daemon_input.expect("#")
    writer = f"i=0; while [ $i -lt {LINES} ]; do echo line $i; i=$((i+1)); done; exit 7"
    for number in range(5):
        daemon.run("run", "-d", "--name", f"writer{number}", "busybox", "sh", "-c", writer)
    daemon.end(signal.SIGKILL)
    daemon.start()
    running = daemon.out("ps", "--format", "{{.Names}}").split()
    assert {f"plain{number}" for number in range(1, 11)} | {f"shell{number}" for number in range(5)} <= set(running)
    for number in range(5):
        assert daemon.out("wait", f"writer{number}") == "7"
        assert daemon.run("logs", f"writer{number}").stdout.splitlines() == [f"line {one}" for one in range(LINES)]
    for number in range(5):
        again = pexpect.spawn(str(CLIENT), ["attach", f"shell{number}"], env=daemon.environment, timeout=20)
        again.sendline("echo [$MARK]; exit 5")
        again.expect_exact(f"[kept{number}]")
        again.expect(pexpect.EOF)
        assert daemon.out("wait", f"shell{number}") == "5"
    assert [daemon.out("wait", f"plain{number}") for number in range(1, 11)] == [str(one) for one in range(1, 11)]


def test_what_ended_while_no_daemon_ran_is_recorded(daemon: Daemon) -> None:
    daemon.run("run", "-d", "--name", "short", "busybox", "sh", "-c", "sleep 1; echo last; exit 3")
    daemon.run("run", "-d", "--rm", "--name", "gone", "busybox", "sleep", "1")
    daemon.end(signal.SIGKILL)
    time.sleep(1.5)  # the containers end meanwhile; nobody is there to tell us
    daemon.start()
    assert daemon.out("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "short") == "exited 3"
    assert daemon.out("logs", "short") == "last"
    until(lambda: daemon.run("inspect", "gone", check=False).returncode != 0)


def test_a_second_daemon_on_the_same_data_root_is_refused(daemon: Daemon) -> None:
    folder = daemon.folder
    second = subprocess.run(
        [sys.executable, "-m", "runtime.daemon", "--data-root", f"{folder}/data", "-H", f"unix://{folder}/e.sock"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1
    assert daemon.out("version", "--format", "{{.Server.APIVersion}}")


def test_a_clean_stop_leaves_nothing_running(daemon: Daemon) -> None:
    daemon.run("run", "-d", "--name", "left", "busybox", "sleep", "1000")
    pid = int(daemon.out("inspect", "-f", "{{.State.Pid}}", "left"))
    daemon.end(signal.SIGTERM)
    assert not Path(f"/proc/{pid}").exists()
    daemon.start()
    assert daemon.out("inspect", "-f", "{{.State.Status}}", "left") == "exited"
