"""After a restart: what the records say and what is still there are brought together again.

| record says          | monitor answers | exit file | then                                                     |
|----------------------|-----------------|-----------|----------------------------------------------------------|
| running, paused      | yes             | no        | taken over: it never stopped                             |
| running, paused      | no              | yes       | exited with that code at that time                       |
| running, paused      | no              | no        | killed if anything is left of it, exited with code 255   |
| created, exited      | yes             | no        | taken over: the daemon died between start and record     |
| restarting           | no              | any       | restarted by its policy                                  |
| removing, no record  | no              | any       | cleared away                                             |

A clean stop leaves nothing running unless the daemon was started with --live-restore; then, as after kill -9,
containers are found again here.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..box import spawn
from ..errors import EngineError
from ..model.container import Container
from ..model.states import Status
from . import clock, groups, verify
from .runs import Run
from .stdin import Stdin

if TYPE_CHECKING:
    from .engine import Engine

log = logging.getLogger(__name__)
LOST = 255  # exit code of a container whose end nobody saw


async def restore(engine: Engine) -> None:
    """Take over, finish or clear away what the last daemon left."""
    shutil.rmtree(engine.settings.data_root / "trash", ignore_errors=True)
    _clear_unknown(engine)
    for container in list(engine.containers.records):
        try:
            await _one(engine, container)
        except (OSError, EngineError) as error:
            log.error("container %s could not be restored: %s", container.name, error)
    engine.networks.restore(engine.containers.records)
    engine.spawn(_start_again(engine))


def _clear_unknown(engine: Engine) -> None:
    """Folders without a record: a creation or a removal that was cut short."""
    for folder in engine.containers.records.folder.iterdir():
        if folder.name not in engine.containers.records and not (folder / "record.json.broken").exists():
            shutil.rmtree(folder, ignore_errors=True)
    boxes = engine.settings.exec_root / "boxes"
    for folder in boxes.iterdir() if boxes.exists() else ():
        if folder.name not in engine.containers.records:
            _clear_run(folder.name, folder)


def _clear_run(identity: str, folder: Path) -> None:
    with contextlib.suppress(OSError):
        groups.discard(groups.name(identity))
    shutil.rmtree(folder, ignore_errors=True)


async def _one(engine: Engine, container: Container) -> None:
    folder = engine.settings.exec_root / "boxes" / container.id
    try:
        box, stdin = await spawn.adopt(folder)
    except OSError:
        if container.state.running:
            await _ended(engine, container, folder)
        elif folder.exists():
            _clear_run(container.id, folder)
        return
    await _take_over(engine, container, box, stdin)


async def _take_over(engine: Engine, container: Container, box: spawn.Box, stdin: int) -> None:
    stack = contextlib.AsyncExitStack()
    stack.push_async_callback(engine.networks.release_of, container.id)
    stack.callback(box.discard)
    stack.callback(groups.discard, groups.name(container.id))
    stack.callback(engine.remove_later, engine.settings.exec_root / "boxes" / container.id)
    run = Run(box, Stdin(stdin, tty=container.tty), stack, stdin_once=bool(container.config.get("StdinOnce")))
    status = container.state.status if container.state.running else Status.RUNNING
    async with engine.containers.records.edit(container.id) as draft:
        draft.change(state=dataclasses.replace(draft.value.state, status=status, pid=box.pid))
    engine.containers.adopt(container.id, run)


async def _ended(engine: Engine, container: Container, folder: Path) -> None:
    """Nobody watched the end: take the code from the monitor's file, or say that it is not known."""
    result = _result(folder)
    oom = groups.ran_out_of_memory(groups.name(container.id))
    _clear_run(container.id, folder)
    async with engine.containers.records.edit(container.id) as draft:
        draft.change(
            state=dataclasses.replace(
                draft.value.state,
                status=Status.EXITED,
                pid=0,
                exit_code=int(result["exit"]),
                oom_killed=oom,
                finished_at=clock.rfc3339(int(result["at"])),
            )
        )
    engine.containers.announce(container, "die", {"exitCode": str(result["exit"])})


def _result(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "exit").read_text()))
    except (OSError, ValueError):
        return {"exit": LOST, "at": clock.now_ns()}


async def _start_again(engine: Engine) -> None:
    """Restart what its policy wants running, and remove what --rm wants gone."""
    for container in list(engine.containers.records):
        if container.state.running:
            continue
        policy = container.host["RestartPolicy"]["Name"]
        try:
            if container.host["AutoRemove"] and container.state.status is not Status.CREATED:
                await engine.containers.remove(container.id, volumes=True)
            elif _wanted(container, policy):
                await engine.containers.start(container.id)
        except EngineError as error:
            log.warning("container %s: %s", container.name, error.message)


def _wanted(container: Container, policy: str) -> bool:
    if container.state.status is Status.CREATED:
        return False
    if policy == "always":
        return True
    if policy == "unless-stopped":
        return not container.stopped_by_user
    return policy == "on-failure" and container.state.exit_code != 0 and not container.stopped_by_user


def hears_signal(container: Container) -> bool:
    """Say whether process 1 would notice its stop signal.

    The kernel drops signals to process 1 of a pid namespace that it neither handles nor blocks (pid_namespaces(7)):
    to wait for what was never received would only make the end of the daemon slow.
    """
    number = verify.signal_number(container.config.get("StopSignal") or "SIGTERM")
    if container.host.get("PidMode") or number == signal.SIGKILL:
        return True
    try:
        status = Path(f"/proc/{container.state.pid}/status").read_text()
    except OSError:
        return True
    masks = dict(line.split(":\t") for line in status.splitlines() if line.startswith(("SigBlk", "SigCgt")))
    return any(int(mask, 16) >> (number - 1) & 1 for mask in masks.values())


async def stop_all(engine: Engine) -> None:
    """Stop every container for a clean end of the daemon, all at once."""

    async def stop(container: Container) -> None:
        with contextlib.suppress(EngineError):
            by_user = container.stopped_by_user
            patience = engine.settings.shutdown_timeout if hears_signal(container) else 0
            await engine.containers.stop(container.id, timeout=patience)
            if container.id in engine.containers.records:
                async with engine.containers.records.edit(container.id) as draft:
                    draft.change(stopped_by_user=by_user)

    await asyncio.gather(*(stop(container) for container in engine.containers.records if container.state.running))
