"""The one start path: from a record to a running process, each step registering its own undo.

The order is that of a person doing it by hand: network, control group, files, then the plan in a box. Whatever
fails, the stack unwinds what was done; what succeeds keeps the stack as the run's teardown.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from ..box import plan as plans
from ..box.spawn import Box, Report
from ..errors import Conflict, StartFailed
from ..model.container import Container, Endpoint
from ..model.network import Sandbox
from ..primitives import cgroups
from . import explain, groups, hostfiles, surroundings
from .runs import Run
from .stdin import Stdin

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]

PREFIX = "failed to create task for container: failed to create shim task: OCI runtime create failed: "


async def start(engine: Engine, container: Container) -> tuple[Run, dict[str, Endpoint]]:
    """Start the container's process and give its run and its addresses; StartFailed in Docker's words."""
    stack = contextlib.AsyncExitStack()
    steps = explain.Steps()
    try:
        await engine.volumes.ready(container)
        around = surroundings.of(engine, container)
        plan = plans.start(container, around)
        box, sandbox = await _box(engine, container, plan, stack, steps)
        _groups(container, around.cgroup, stack, steps)
        folder = engine.containers.records.path(container.id)
        with steps.step("files", folder=str(folder)):
            hostfiles.write(folder, container, sandbox.endpoints)
        run_folder = _run_folder(engine, container, stack)
        async with _pipes(container) as (theirs, ours):
            report = await _run(box, plan, theirs)
            run = _keep(container, box, report, ours, run_folder, folder, stack)
        explain.keep(folder, steps, plan, report)
    except BaseException:
        await stack.aclose()
        raise
    return run, sandbox.endpoints


async def _box(
    engine: Engine, container: Container, plan: plans.Plan, stack: contextlib.AsyncExitStack, steps: explain.Steps
) -> tuple[Box, Sandbox]:
    """Take a box that waits with its network ready, or make one the same way."""
    mode = container.host["NetworkMode"]
    with steps.step("network", mode=mode) as note:
        if plan.ordinary and engine.networks.any_will_do(container) and not container.host["PidMode"]:
            box, sandbox = await engine.pool.take(container)
        else:
            box, sandbox = await _fresh(engine, container, plan)
        note(sandbox)
    stack.push_async_callback(engine.networks.release, sandbox)
    stack.callback(box.discard)
    return box, sandbox


async def _fresh(engine: Engine, container: Container, plan: plans.Plan) -> tuple[Box, Sandbox]:
    sandbox = await engine.networks.prepare(container.host["NetworkMode"], container)
    with contextlib.ExitStack() as files:
        names = surroundings.namespaces(engine, container, files)
        pid = names.pop("pid", None)
        own_pid = container.host["PidMode"] in ("", "private")
        box = engine.spawner.box(new_pid=own_pid, pid_namespace=pid)
        if sandbox.namespace >= 0:
            names["net"] = sandbox.namespace
        try:
            box.prepare(plan.first, names)
            await box.ready()
        except BaseException:
            box.discard()
            await engine.networks.release(sandbox)
            raise
    return box, sandbox


def _groups(container: Container, name: str, stack: contextlib.AsyncExitStack, steps: explain.Steps) -> None:
    with steps.step("group", name=name, host=explain.limits(container.host)):
        cgroups.create(name)
        stack.callback(groups.discard, name)
        try:
            cgroups.limit(name, container.host)
        except OSError as error:
            raise StartFailed(f"{PREFIX}setting cgroup config: {error}: unknown", code=125) from error


def _run_folder(engine: Engine, container: Container, stack: contextlib.AsyncExitStack) -> str:
    """Make the folder of the monitor's socket and exit status; gone after a reboot, as the processes are."""
    path = engine.settings.exec_root / "boxes" / container.id
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700, parents=True)
    stack.callback(engine.remove_later, path)
    for name in ("exit", "monitor.sock"):
        (path / name).unlink(missing_ok=True)
    return str(path)


@contextlib.asynccontextmanager
async def _pipes(container: Container) -> AsyncIterator[tuple[dict[str, int], dict[str, int]]]:
    """Make the pipes of a container without a terminal: its ends (closed here afterwards) and ours."""
    theirs: dict[str, int] = {}
    ours: dict[str, int] = {}
    try:
        if not container.tty:
            for name in ("stdout", "stderr"):
                ours[name], theirs[name] = os.pipe()
            if container.config.get("OpenStdin"):
                theirs["stdin"], ours["stdin"] = os.pipe()
        yield theirs, ours
    except BaseException:
        for fd in ours.values():
            os.close(fd)
        raise
    finally:
        for fd in theirs.values():
            os.close(fd)


async def _run(box: Box, plan: plans.Plan, files: dict[str, int]) -> Report:
    try:
        return await box.run(plan.rest, files)
    except StartFailed as error:
        if error.message.startswith("unable to find user") or error.message.startswith("unable to find group"):
            raise
        text = f"{PREFIX}runc create failed: unable to start container process: {error.message}"
        raise StartFailed(text, code=error.code) from error


def _keep(
    container: Container,
    box: Box,
    report: Report,
    ours: dict[str, int],
    run_folder: str,
    folder: os.PathLike[str],
    stack: contextlib.AsyncExitStack,
) -> Run:
    """Hand the running process to its monitor and give the run."""
    files = {"stdin": report.terminal, "stdout": os.dup(report.terminal)} if container.tty else dict(ours)
    log = container.host["LogConfig"]
    watching = {
        "title": container.name,
        "folder": run_folder,
        "log": f"{os.fspath(folder)}/stream.log",
        "rotation": surroundings.rotation(log),
    }
    box.watch(watching, files)
    stdin = files.pop("stdin", -1)
    for fd in files.values():
        os.close(fd)
    return Run(box, Stdin(stdin, tty=container.tty), stack, stdin_once=bool(container.config.get("StdinOnce")))


def must_run(container: Container) -> None:
    """Refuse what needs a running container."""
    if not container.state.running:
        raise Conflict(f"Container {container.id} is not running")


