"""The contestants: each starts its own daemon (if it has one) on its own folders, and stops it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
READY_SECONDS = 30


class Engine:
    """Something that understands `docker` commands, or nearly."""

    name = "?"

    def __init__(self, folder: Path, client: str) -> None:
        self.folder = folder / self.name
        self.client = client
        self.daemon: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> list[str]:
        """What to put before `run`, `ps`, …"""
        return [self.client, "-H", f"unix://{self.folder}/d.sock"]

    def start(self) -> None:
        """Start and wait until it answers."""
        self.folder.mkdir(parents=True)
        log = (self.folder / "log").open("wb")
        self.daemon = subprocess.Popen(self.daemon_command(), stdout=log, stderr=log, cwd=ROOT, start_new_session=True)
        end = time.monotonic() + READY_SECONDS
        while self.call("version", check=False) != 0:
            if time.monotonic() > end or self.daemon.poll() is not None:
                raise SystemExit(f"{self.name} does not start, see {self.folder}/log")
            time.sleep(0.05)

    def daemon_command(self) -> list[str]:
        """Give the daemon's command line."""
        raise SystemExit(f"{self.name} has no daemon")

    def stop(self) -> None:
        """Stop it and delete its folders."""
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGTERM)
            self.daemon.wait(60)
        mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        for mount in sorted((one for one in mounts if one.startswith(str(self.folder))), reverse=True):
            subprocess.run(["umount", "-l", mount], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, *arguments: str, check: bool = True, stdin: bytes | None = None) -> int:
        """Run one command quietly and give its exit code."""
        done = subprocess.run([*self.command, *arguments], input=stdin, capture_output=True, check=False)
        if check and done.returncode != 0:
            raise SystemExit(f"{self.name}: {' '.join(arguments)} failed: {done.stderr.decode().strip()}")
        return done.returncode

    def output(self, *arguments: str) -> str:
        """Run one command and give what it printed."""
        done = subprocess.run([*self.command, *arguments], capture_output=True, check=True, text=True)
        return done.stdout.strip()

    def processes(self) -> list[int]:
        """Give the pids of everything that belongs to the engine, containers' own processes excepted."""
        assert self.daemon is not None
        return [pid for pid in _descendants(self.daemon.pid) if self.owns(pid)]

    def owns(self, pid: int) -> bool:
        """Say whether a descendant is the engine's own process."""
        return "/containers/" not in str(pid)


class Ours(Engine):
    """docklab, with the client given on the command line."""

    name = "docklab"

    def daemon_command(self) -> list[str]:
        """Give the daemon's command line."""
        folder = self.folder
        return [
            *(sys.executable, "-m", "runtime.daemon", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
            *("-H", f"unix://{folder}/d.sock", "--pidfile", f"{folder}/pid", "--bip", "10.203.0.1/24"),
        ]

    def owns(self, pid: int) -> bool:
        """Ours are the daemon, the zygote, what waits in the pool and the monitors: interpreters all."""
        return "python" in _program(pid) or _program(pid) == "/"

    def processes(self) -> list[int]:
        """Monitors are descendants of the zygote."""
        return super().processes()


class Dockerd(Engine):
    """The real engine."""

    name = "dockerd"

    def daemon_command(self) -> list[str]:
        """Give the daemon's command line."""
        folder = self.folder
        return [
            *("dockerd", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
            *("-H", f"unix://{folder}/d.sock", "--pidfile", f"{folder}/pid", "--bip", "10.204.0.1/24"),
        ]

    def owns(self, pid: int) -> bool:
        """Theirs are dockerd, containerd, the shims and the proxies."""
        return Path(_program(pid)).name in ("dockerd", "containerd", "containerd-shim-runc-v2", "docker-proxy")

    def processes(self) -> list[int]:
        """Shims are nobody's children: they are found by their command line."""
        found = set(super().processes())
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and str(self.folder) in _command_line(int(entry.name)):
                found.add(int(entry.name))
        return [pid for pid in found if self.owns(pid)]


class Podman(Engine):
    """podman with crun: no daemon, its own client."""

    name = "podman"

    @property
    def command(self) -> list[str]:
        """podman keeps everything below two folders of ours."""
        return ["podman", "--root", f"{self.folder}/root", "--runroot", f"{self.folder}/run", "--runtime", "crun"]

    def start(self) -> None:
        """There is nothing to start; its own limit of open files may be above this machine's."""
        self.folder.mkdir(parents=True)
        settings = self.folder / "containers.conf"
        settings.write_text('[containers]\ndefault_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]\n')
        os.environ["CONTAINERS_CONF"] = str(settings)

    def stop(self) -> None:
        """Remove its containers first, they hold mounts."""
        self.call("rm", "-fa", check=False)
        super().stop()


def _program(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            pid = int(entry.name)
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(pid)
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def proportional_set_size(pids: list[int]) -> int:
    """Add up the proportional set sizes of processes, in KiB (proc(5), smaps_rollup)."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total


@contextlib.contextmanager
def running(folder: Path, client: str, kinds: list[type[Engine]], archives: list[Path]) -> Iterator[dict[str, Engine]]:
    """Start the contestants with the same images, and stop them whatever happens."""
    with contextlib.ExitStack() as stack:
        engines: dict[str, Engine] = {}
        for kind in kinds:
            engine = kind(folder, client)
            stack.callback(engine.stop)
            engine.start()
            for archive in archives:
                engine.call("load", "-q", "-i", str(archive))
            engines[engine.name] = engine
        yield engines


