"""`docker exec`: another process in a running container, by the same planner and the same boxes.

Design note. An exec lives in memory only: after a restart of the daemon its process runs on, its output has
nowhere to go, and its id is unknown, as the Engine API allows. Source of truth: the monitor's last message.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..box import plan as plans
from ..box.spawn import Box, MonitorLost, Report
from ..errors import BadRequest, Conflict, NotFound, StartFailed
from ..model.container import Container
from ..model.states import Status
from . import surroundings
from .attachments import Attachment, Frame, Pipes
from .stdin import Stdin

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]
KEPT = 64  # ended execs of one container that can still be inspected

PREFIX = "OCI runtime exec failed: exec failed: unable to start container process: "


@dataclass(slots=True)
class Exec:
    """One exec. `request` is the Engine API's ExecConfig as it came."""

    id: str
    container: str
    request: JSON
    running: bool = False
    started: bool = False
    exit_code: int | None = None
    pid: int = 0
    box: Box | None = None
    stdin: Stdin | None = None
    ended: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    size: tuple[int, int] | None = None  # rows, columns asked for before the terminal existed

    @property
    def tty(self) -> bool:
        """Whether it has a terminal."""
        return bool(self.request.get("Tty"))

    async def input(self) -> Stdin:
        """Give its input; BrokenPipeError when it has none."""
        if self.stdin is None:
            raise BrokenPipeError("standard input is closed")
        return self.stdin


class Execs:
    """The verbs on execs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._execs: dict[str, Exec] = {}

    async def create(self, ref: str, body: JSON) -> str:
        """Prepare an exec in a running container; give its id."""
        container = self._running(ref)
        if not body.get("Cmd"):
            raise BadRequest("No exec command specified")
        made = Exec(secrets.token_hex(32), container.id, body)
        self._execs[made.id] = made
        self._limit(container.id)
        self._announce(container, "exec_create", made)
        return made.id

    def _running(self, ref: str) -> Container:
        container = self.engine.containers.find(ref)
        if container.state.status is Status.PAUSED:
            raise Conflict(f"Container {container.id} is paused, unpause the container before exec")
        if container.state.status is Status.RESTARTING:
            raise Conflict(f"Container {container.id} is restarting, wait until the container is running")
        if not container.state.running:
            raise Conflict(f"Container {container.id} is not running")
        return container

    def _limit(self, container: str) -> None:
        ended = [one for one in self._execs.values() if one.container == container and one.exit_code is not None]
        for one in ended[:-KEPT]:
            del self._execs[one.id]

    def _announce(self, container: Container, action: str, made: Exec, more: dict[str, str] | None = None) -> None:
        command = " ".join(str(word) for word in made.request["Cmd"])
        action = action if action == "exec_die" else f"{action}: {command}"
        self.engine.containers.announce(container, action, {"execID": made.id, **(more or {})})

    def find(self, identity: str) -> Exec:
        """Find an exec by its id."""
        found = self._execs.get(identity)
        if found is None:
            raise NotFound(f"No such exec instance: {identity}")
        return found

    def of(self, container: str) -> list[str]:
        """Give the ids of the execs that run in a container."""
        return [one.id for one in self._execs.values() if one.container == container and one.running]

    async def start(
        self, identity: str, *, detach: bool = False, tty: bool = False, console_size: tuple[int, int] | None = None
    ) -> Attachment | None:
        """Run it; give its streams unless it is detached."""
        made = self.find(identity)
        if made.started:
            raise Conflict(f"Error: Exec command {identity} has already run" if made.exit_code is not None
                           else f"Error: Exec command {identity} is already running")
        container = self._running(made.container)
        made.started = True
        made.size = console_size or made.size
        try:
            output = await self._start(container, made, detach=detach)
        except StartFailed as error:
            made.exit_code, made.running = error.code, False
            if detach:
                raise
            # as Docker: told in the stream, which is open by then
            return Attachment(_only(error.message), tty=made.tty)
        self._announce(container, "exec_start", made)
        self.engine.spawn(self._watch(container, made))
        if detach:
            return None
        takes_input = bool(made.request.get("AttachStdin"))
        return Attachment(
            aiter(output) if output is not None else None,
            tty=made.tty,
            stdin=made.input if takes_input else None,
            end_stdin=made.stdin.close if made.stdin is not None else None,
        )

    async def _start(self, container: Container, made: Exec, *, detach: bool) -> Pipes | None:
        around = surroundings.of(self.engine, container)
        request = made.request if not detach else {**made.request, "AttachStdin": False}
        plan = plans.execution(container, request, around)
        with _namespaces(container.state.pid) as (process, pid_namespace), _pipes(request) as (theirs, ours):
            box = self.engine.spawner.box(new_pid=False, pid_namespace=pid_namespace)
            made.box = box
            try:
                await box.ready()
                report = await self._run(box, plan, {**theirs, "process": process})
            except BaseException:
                box.discard()
                raise
            made.pid, made.running = box.pid, True
            box.watch({}, {})
            return self._streams(made, report, ours, detach=detach)

    async def _run(self, box: Box, plan: plans.Plan, files: dict[str, int]) -> Report:
        try:
            return await box.run(plan.rest, files)
        except StartFailed as error:
            if error.message.startswith("unable to find"):
                raise
            raise StartFailed(PREFIX + error.message, code=error.code) from error

    def _streams(self, made: Exec, report: Report, ours: dict[str, int], *, detach: bool) -> Pipes | None:
        if made.tty:
            made.stdin = Stdin(report.terminal, tty=True)
            if made.size:
                made.stdin.resize(*made.size)
            sources = {os.dup(report.terminal): 1}
        else:
            if "stdin" in ours:
                made.stdin = Stdin(ours.pop("stdin"), tty=False)
            sources = {fd: 2 if name == "stderr" else 1 for name, fd in ours.items()}
        ours.clear()
        pipes = Pipes(sources, made.ended)
        if detach:
            self.engine.spawn(_swallow(pipes))
            return None
        return pipes

    async def _watch(self, container: Container, made: Exec) -> None:
        assert made.box is not None
        try:
            code, _at = await made.box.exit()
        except MonitorLost:
            code = 137
            made.box.discard()
        made.running, made.exit_code, made.pid = False, code, 0
        if made.stdin is not None:
            made.stdin.close()
        if not made.ended.done():
            made.ended.set_result(code)
        self._announce(container, "exec_die", made, {"exitCode": str(code)})

    async def resize(self, identity: str, *, height: int, width: int) -> None:
        """Set the size of an exec's terminal; remembered when there is none yet."""
        made = self.find(identity)
        made.size = (height, width)
        if made.stdin is not None:
            made.stdin.resize(height, width)

    def forget(self, container: str) -> None:
        """Forget the execs of a removed container."""
        for one in [one for one in self._execs.values() if one.container == container]:
            del self._execs[one.id]


async def _only(text: str) -> AsyncIterator[Frame]:
    yield 1, f"{text}\r\n".encode()


async def _swallow(pipes: Pipes) -> None:
    """Read and drop the output of a detached exec, so that its process is never stopped by a full pipe."""
    async for _frame in pipes:
        pass


@contextlib.contextmanager
def _namespaces(pid: int) -> Iterator[tuple[int, int]]:
    """Open the container's process and its pid namespace; Conflict when it has just ended."""
    try:
        process = os.pidfd_open(pid)
        namespace = os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY)
    except (ProcessLookupError, FileNotFoundError) as error:
        raise Conflict("Container is not running: its process has ended") from error
    try:
        yield process, namespace
    finally:
        os.close(process)
        os.close(namespace)


@contextlib.contextmanager
def _pipes(request: JSON) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    theirs: dict[str, int] = {}
    ours: dict[str, int] = {}
    try:
        if not request.get("Tty"):
            for name in ("stdout", "stderr"):
                ours[name], theirs[name] = os.pipe()
            if request.get("AttachStdin"):
                theirs["stdin"], ours["stdin"] = os.pipe()
        yield theirs, ours
    finally:
        for fd in (*theirs.values(), *ours.values()):  # what was taken over has been removed from `ours`
            os.close(fd)
