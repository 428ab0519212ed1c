"""An engine to throw away: its own data root, socket, bridge and control group, gone afterwards.

The data root is copied from a template that was loaded with the course images once. Layers and blobs never
change, so they are hard links; the rest is small and copied.
"""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from . import limits
from .api import Api, Refused
from .check import Ungradable

BASE = Path(os.environ.get("DOCKLAB_GRADING", "/var/tmp/docklab-grading"))
SLOTS = Path("/run/docklab-grading")  # one place for the whole machine: bridges and control groups are too
LINKED = {"layers", "blobs", "overlay2"}  # never written again once they are there
PRIVATE = {"lock", "journal", "containers", "runtimes", "tmp"}  # every engine makes its own
SECONDS, TRIES = 30.0, 3


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / "d.sock"

    @property
    def host(self) -> str:
        """Its DOCKER_HOST."""
        return f"unix://{self.socket}"


def command() -> list[str]:
    """Give the daemon's command line; $DOCKLAB_GRADING_ENGINE names another one."""
    other = os.environ.get("DOCKLAB_GRADING_ENGINE")
    return shlex.split(other) if other else [sys.executable, "-m", "runtime.daemon"]


def start(folder: Path, *, slot: int, parent: str = "") -> Engine:
    """Start an engine; once more where it fails, for engines that start together may get into each other's way."""
    for _ in range(TRIES - 1):
        with suppress(Ungradable):
            return launch(folder, slot=slot, parent=parent)
    return launch(folder, slot=slot, parent=parent)


def launch(folder: Path, *, slot: int, parent: str = "") -> Engine:
    """Start an engine on folder/data; `slot` sets its bridge's subnet apart from its neighbours'."""
    options = [
        "--data-root", str(folder / "data"), "--exec-root", str(folder / "exec"),
        "-H", f"unix://{folder / 'd.sock'}", "--pidfile", str(folder / "pid"), "--bip", f"10.213.{slot}.1/24",
    ]
    if parent:
        options += ["--cgroup-parent", f"/{parent}"]
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(
            [*command(), *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            cwd=Path(__file__).resolve().parent.parent,
        )
    engine = Engine(folder, process)
    try:
        wait(engine)
    except BaseException:
        stop(engine)
        raise
    return engine


def wait(engine: Engine) -> None:
    """Wait until the engine answers."""
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends and engine.process.poll() is None:
        with suppress(Ungradable, Refused):
            Api(engine.host, timeout=5).raw("GET", "/_ping")
            return
        time.sleep(0.01)
    said = (engine.folder / "daemon.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Ungradable(f"the grading engine does not start: {said[-1] if said else 'it says nothing'}")


def clear(engine: Engine) -> None:
    """Remove every container, so that nothing of the work outlives the engine."""
    api = Api(engine.host)
    with suppress(Ungradable, Refused):
        for one in api.get("/containers/json", all=1):
            with suppress(Refused):
                api.delete(f"/containers/{one['Id']}", force=1, v=1)


def stop(engine: Engine) -> None:
    """Stop the engine, by force where it does not listen."""
    if engine.process.poll() is None:
        engine.process.send_signal(signal.SIGTERM)
    try:
        engine.process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(engine.process.pid, signal.SIGKILL)
        engine.process.wait()


def sweep(folder: Path) -> None:
    """Unmount what is left below a folder and remove it."""
    with Path("/proc/self/mountinfo").open(encoding="utf-8") as lines:
        below = [place for line in lines if (place := line.split()[4]).startswith(f"{folder}/")]
    for place in reversed(below):
        subprocess.run(["umount", "--lazy", place], check=False, stderr=subprocess.DEVNULL)
    shutil.rmtree(folder, ignore_errors=True)


def bury(folder: Path, *, seconds: float = 10.0) -> None:
    """Stop an engine whose grader was killed, and remove what it had."""
    with suppress(OSError, ValueError):
        pid = int((folder / "pid").read_text(encoding="ascii"))
        if str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGTERM)
            ends = time.monotonic() + seconds
            while Path(f"/proc/{pid}").exists() and time.monotonic() < ends:
                time.sleep(0.05)
    sweep(folder)


def template(archives: Sequence[Path]) -> Path:
    """Give a data root that has the images, made the first time it is asked for."""
    sources = sorted((Path(__file__).resolve().parent.parent / "runtime").rglob("*.py"))  # another engine, other files
    made_of = (command(), [identity(path) for path in (*archives, *sources)])
    key = hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]
    folder = BASE / f"template-{key}"
    BASE.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (BASE / "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            sweep(folder)
            forget()
            make_template(folder, archives)
    return folder / "data"


def forget(*, seconds: float = 86400.0) -> None:
    """Remove the templates of engines and images that are not today's."""
    for old in BASE.glob("template-*"):
        if time.time() - old.stat().st_mtime > seconds:
            sweep(old)


def identity(path: Path) -> tuple[str, int, int]:
    """Tell an archive from a newer one of the same name."""
    seen = path.stat()
    return path.name, seen.st_size, seen.st_mtime_ns


def make_template(folder: Path, archives: Sequence[Path]) -> None:
    """Load the images into a new data root."""
    folder.mkdir(mode=0o700)
    engine = start(folder, slot=254)
    try:
        for path in archives:
            load(engine, path)
    finally:
        stop(engine)
    (folder / "ready").touch()


def load(engine: Engine, path: Path) -> None:
    """Load one image archive; the answer is a stream of JSON documents, an error among them."""
    connection = Api(engine.host, timeout=300).connect()
    try:
        with path.open("rb") as body:
            connection.request("POST", "/images/load?quiet=1", body, {"Content-Type": "application/x-tar"})
            response = connection.getresponse()
            answer = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise Ungradable(f"the grading engine broke off while it loaded {path.name}: {error}") from None
    finally:
        connection.close()
    errors = [said for line in answer.splitlines() if (said := json.loads(line).get("error"))]
    if response.status >= 400 or errors:
        raise Ungradable(f"the grading engine cannot load {path.name}: {errors[0] if errors else answer.strip()}")


def copy(source: Path, target: Path) -> None:
    """Copy a data root: immutable parts as hard links."""
    target.mkdir(mode=0o711)
    for entry in sorted(source.iterdir()):
        if entry.name not in PRIVATE:
            how = "-al" if entry.name in LINKED else "-a"
            subprocess.run(["cp", how, str(entry), str(target)], check=True)


@contextmanager
def slot() -> Iterator[int]:
    """Hold a number that no other grading on this machine has at the same time."""
    SLOTS.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, 250):
        with (SLOTS / str(number)).open("w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return
    raise Ungradable("249 gradings are under way on this machine")


@contextmanager
def fresh(archives: Sequence[Path], *, slot: int, parent: limits.Group) -> Iterator[Engine]:
    """Run an engine that has the images and nothing else; afterwards it was never there."""
    source = template(archives)
    for left in BASE.glob(f"run-{slot}-*"):  # the slot is ours, so whoever made these was killed
        bury(left)
    folder = Path(tempfile.mkdtemp(prefix=f"run-{slot}-", dir=BASE))
    folder.chmod(0o711)
    try:
        copy(source, folder / "data")
        engine = start(folder, slot=slot, parent=parent.name)
        try:
            yield engine
        finally:
            clear(engine)
            stop(engine)
    finally:
        sweep(folder)
