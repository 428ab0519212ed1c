"""Health checks: a command run in the container every so often, and what its answers say about the container.

Design note. One task per running container that has a check; `started` makes it, `stopped` ends it, nobody else
touches it. Source of truth: `state.health` of the record. A restart of the daemon begins counting intervals
anew and keeps status and streak.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Conflict, EngineError, NotFound
from ..model import container as model
from ..model.container import Container
from ..model.states import Status
from . import clock
from .execs import Exec

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]

SECOND = 1_000_000_000
KEPT = 5  # results in the record
OUTPUT = 4096  # bytes of one result's output
SHELL = ("/bin/sh", "-c")


@dataclass(frozen=True, slots=True)
class Check:
    """A container's health check with the defaults filled in; times in nanoseconds."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    start_period: int
    start_interval: int
    retries: int


def check_of(config: JSON) -> Check | None:
    """Read the check of a container's Config; None where there is none or it is switched off."""
    asked = config.get("Healthcheck") or {}
    kind, *words = asked.get("Test") or ("NONE",)
    if kind not in ("CMD", "CMD-SHELL") or not words:
        return None
    shell = tuple(config.get("Shell") or SHELL)
    return Check(
        command=tuple(words) if kind == "CMD" else (*shell, words[0]),
        interval=asked.get("Interval") or 30 * SECOND,
        timeout=asked.get("Timeout") or 30 * SECOND,
        start_period=asked.get("StartPeriod") or 0,
        start_interval=asked.get("StartInterval") or 5 * SECOND,
        retries=max(asked.get("Retries") or 0, 0) or 3,
    )


def judge(before: model.Health, result: JSON, check: Check, *, age: int) -> model.Health:
    """Draw the conclusion from one result. Pure; `age` is how long the container had run when it was asked.

    A failure counts only once the container has been healthy or its start period is over.
    """
    log = (*before.log, result)[-KEPT:]
    if result["ExitCode"] == 0:
        return model.Health("healthy", 0, log)
    if before.status == "starting" and age < check.start_period:
        return model.Health(before.status, before.failing_streak, log)
    streak = before.failing_streak + 1
    return model.Health("unhealthy" if streak >= check.retries else before.status, streak, log)


class Health:
    """Runs the checks of all containers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def started(self, container: Container) -> None:
        """Begin to check a container that runs, if it has a check."""
        self.stopped(container.id)
        check = check_of(container.config)
        if check is not None:
            self._tasks[container.id] = self.engine.spawn(self._watch(container.id, check))

    def stopped(self, identity: str) -> None:
        """End the checks of a container that runs no more."""
        task = self._tasks.pop(identity, None)
        if task is not None:
            task.cancel()

    async def _watch(self, identity: str, check: Check) -> None:
        while True:
            await asyncio.sleep(self._pause(identity, check) / SECOND)
            container = self.engine.containers.records.get(identity)
            if container is None:
                return
            if container.state.status is Status.RUNNING:  # a paused container is not asked
                await self._ask(container, check)

    def _pause(self, identity: str, check: Check) -> int:
        container = self.engine.containers.records.get(identity)
        health = container.state.health if container else None
        starting = container and health and health.status == "starting" and _age(container) < check.start_period
        return check.start_interval if starting else check.interval

    async def _ask(self, container: Container, check: Check) -> None:
        age, began = _age(container), clock.now()
        try:
            code, output = await self._probe(container.id, check)
        except (Conflict, NotFound):  # it was paused or ended at this moment
            return
        except EngineError as error:
            code, output = -1, error.message
        result = {"Start": began, "End": clock.now(), "ExitCode": code, "Output": output}
        await self._record(container.id, result, check, age)

    async def _probe(self, identity: str, check: Check) -> tuple[int, str]:
        execs = self.engine.execs
        request = {"Cmd": list(check.command), "AttachStdout": True, "AttachStderr": True}
        made = execs.find(await execs.create(identity, request))
        try:
            async with asyncio.timeout(check.timeout / SECOND):
                return await self._outcome(made)
        except TimeoutError:
            return -1, f"Health check exceeded timeout ({_duration(check.timeout)})"
        finally:
            _kill(made)

    async def _outcome(self, made: Exec) -> tuple[int, str]:
        attachment = await self.engine.execs.start(made.id)
        output = b""
        if attachment is not None:
            async for _stream, data in attachment:
                output += data[: max(0, OUTPUT + 1 - len(output))]
        code = await asyncio.shield(made.ended)
        text = output[:OUTPUT].decode("utf-8", "replace")
        return code, f"{text}..." if len(output) > OUTPUT else text

    async def _record(self, identity: str, result: JSON, check: Check, age: int) -> None:
        try:
            async with self.engine.containers.records.edit(identity) as draft:
                state = draft.value.state
                if not state.running or state.health is None:
                    return
                before = state.health
                after = judge(before, result, check, age=age)
                draft.change(state=dataclasses.replace(state, health=after))
        except KeyError:  # removed meanwhile
            return
        if after.status != before.status:
            self.engine.containers.announce(self.engine.containers.records[identity], f"health_status: {after.status}")


def _age(container: Container) -> int:
    return clock.now_ns() - clock.parse(container.state.started_at)


def _kill(made: Exec) -> None:
    """End a probe that still runs; its monitor has not reaped it as long as no exit was reported."""
    if made.running and made.pid:
        try:
            os.kill(made.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _duration(nanoseconds: int) -> str:
    """Format a time as Go does, for the units a health check is given in."""
    if nanoseconds < SECOND:
        return f"{nanoseconds / 1_000_000:g}ms"
    minutes, seconds = divmod(nanoseconds / SECOND, 60)
    hours, minutes = divmod(int(minutes), 60)
    if hours:
        return f"{hours}h{minutes}m{seconds:g}s"
    return f"{minutes}m{seconds:g}s" if minutes else f"{seconds:g}s"
