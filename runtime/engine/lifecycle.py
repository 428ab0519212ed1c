"""A container's life: start, exit, stop, restart, pause, wait.

    start   lock ─▶ box and network (from the pool) ─▶ groups, files ─▶ plan ─▶ run ─▶ watch ─▶ record, event
    exit    monitor reports ─▶ teardown in reverse ─▶ record, events ─▶ waiters ─▶ restart policy or --rm
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import signal
from typing import TYPE_CHECKING

from ..box.spawn import MonitorLost
from ..errors import Conflict, EngineError, NotModified, StartFailed
from ..model import states
from ..model.container import Container, Health, State
from ..model.states import Status
from ..primitives import cgroups
from . import clock, groups, starting, verify
from .catalog import Catalog
from .runs import Run, Waiter

if TYPE_CHECKING:
    from .engine import Engine

log = logging.getLogger(__name__)

DEFAULT_TIMEOUT = 10  # seconds between the stop signal and SIGKILL
LONG_ENOUGH = 10_000_000_000  # ns a run must last to count as good: the restart delay starts over
FIRST_DELAY, LONGEST_DELAY = 0.1, 60.0  # seconds between two automatic restarts


class Lifecycle(Catalog):
    """The verbs that change whether a container runs."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._delays: dict[str, float] = {}
        self._restarts: dict[str, asyncio.Task[None]] = {}

    async def start(self, ref: str) -> None:
        """Start a container; StartFailed says why its program does not run."""
        container = self.find(ref)
        async with self.lock(container.id):
            await self._start(container.id)

    async def _start(self, identity: str) -> None:
        container = self.records[identity]
        if container.state.status is Status.PAUSED:
            raise Conflict("cannot start a paused container, try unpause instead")
        if container.state.status is Status.RUNNING:
            raise NotModified("")
        if not states.allowed("start", container.state.status):
            raise Conflict("container is marked for removal and cannot be started")
        self._forget_restart(identity)
        try:
            run, endpoints = await starting.start(self.engine, container)
        except EngineError as error:
            await self._failed(container, error)
            raise
        self._runs[identity] = run
        health = Health() if _checks_health(container) else None
        async with self.records.edit(identity) as draft:
            state = draft.value.state
            draft.change(
                endpoints=endpoints,
                stopped_by_user=False,
                state=type(state)(
                    status=states.after("start", state.status),
                    pid=run.pid,
                    started_at=clock.now(),
                    finished_at=state.finished_at,
                    health=health,
                ),
            )
        self.announce_resources(self.records[identity], taken=True)
        self.announce(self.records[identity], "start")
        run.watcher = self.engine.spawn(self._watch(identity, run))
        self.waiters.tell(identity, "started", (0, ""))
        self.engine.health.started(self.records[identity])

    def adopt(self, identity: str, run: Run) -> None:
        """Take over a run that outlived the last daemon."""
        self._runs[identity] = run
        run.watcher = self.engine.spawn(self._watch(identity, run))
        self.engine.health.started(self.records[identity])

    async def _failed(self, container: Container, error: EngineError) -> None:
        code = error.code if isinstance(error, StartFailed) else 128
        async with self.records.edit(container.id) as draft:
            state = draft.value.state
            draft.change(
                state=type(state)(
                    status=state.status if state.status is Status.CREATED else Status.EXITED,
                    exit_code=code,
                    error=error.message,
                    started_at=state.started_at,
                    finished_at=clock.now() if state.status is not Status.CREATED else state.finished_at,
                )
            )
        if container.host["AutoRemove"]:
            self.engine.spawn(self._remove_later(container.id, code))

    async def _remove_later(self, identity: str, code: int) -> None:
        async with self.lock(identity):
            await self.discard(identity, volumes=True, code=code)

    async def _watch(self, identity: str, run: Run) -> None:
        """Wait for the end of one run and record it. A monitor that died takes its container with it."""
        try:
            code, at = await run.box.exit()
        except MonitorLost:
            cgroups.kill(group_name(identity))
            code, at = 137, clock.now_ns()
        async with self.lock(identity):
            await self._ended(identity, run, code, at)

    async def _ended(self, identity: str, run: Run, code: int, at: int) -> None:
        container = self.records[identity]
        oom = groups.ran_out_of_memory(group_name(identity))
        run.stdin.close()
        self._runs.pop(identity, None)
        if oom:
            self.announce(container, "oom")
        again = self._restarts_again(container, code)
        async with self.records.edit(identity) as draft:
            state = draft.value.state
            draft.change(
                restart_count=draft.value.restart_count + int(again),
                state=type(state)(
                    status=Status.RESTARTING if again else Status.EXITED,
                    exit_code=code,
                    oom_killed=oom,
                    started_at=state.started_at,
                    finished_at=clock.rfc3339(at),
                    health=state.health,
                ),
            )
        container = self.records[identity]
        self.engine.health.stopped(identity)
        self.announce(container, "die", {"exitCode": str(code)})
        self.announce_resources(container, taken=False)
        run.ended.set_result(code)
        self.waiters.tell(identity, "exit", (code, ""))
        if container.host["AutoRemove"] and not again:
            await self.discard(identity, volumes=True, code=code, run=run)
            return
        await run.teardown.aclose()
        if again:
            self._schedule(identity, lasted=at - clock.parse(container.state.started_at))
        else:
            self.engine.pool.refill_soon()

    def _restarts_again(self, container: Container, code: int) -> bool:
        policy = container.host["RestartPolicy"]
        if container.stopped_by_user or self.engine.stopping:
            return False
        if policy["Name"] == "on-failure":
            most = policy["MaximumRetryCount"]
            return code != 0 and (most == 0 or container.restart_count < most)
        return policy["Name"] in ("always", "unless-stopped")

    def _schedule(self, identity: str, *, lasted: int) -> None:
        delay = FIRST_DELAY if lasted > LONG_ENOUGH else self._delays.get(identity, FIRST_DELAY)
        self._delays[identity] = min(delay * 2, LONGEST_DELAY)
        self._restarts[identity] = self.engine.spawn(self._restart_later(identity, delay))

    async def _restart_later(self, identity: str, delay: float) -> None:
        await asyncio.sleep(delay)  # the policy's back-off, not a wait for something to happen
        self._restarts.pop(identity, None)
        async with self.lock(identity):
            container = self.records.get(identity)
            if container is None or container.state.status is not Status.RESTARTING:
                return
            try:
                await self._start(identity)
            except EngineError as error:
                log.warning("restart of %s failed: %s", container.name, error)
                async with self.records.edit(identity) as draft:
                    draft.change(state=_exited(draft.value))

    def _forget_restart(self, identity: str) -> None:
        waiting = self._restarts.pop(identity, None)
        if waiting is not None and waiting is not asyncio.current_task():
            waiting.cancel()

    async def stop(self, ref: str, *, timeout: int | None = None, signal_name: str | None = None) -> None:
        """Ask process 1 to end, and kill it when it has not within `timeout` seconds (-1: wait for ever)."""
        container = self.find(ref)
        await self._by_user(container.id)
        run = self._runs.get(container.id)
        if run is None:
            if container.state.status is Status.RESTARTING:
                await self._settle(container.id)
                return
            raise NotModified("")
        number = verify.signal_number(signal_name or container.config.get("StopSignal") or "SIGTERM")
        patience = container.config.get("StopTimeout") if timeout is None else timeout
        patience = DEFAULT_TIMEOUT if patience is None else patience
        self._signal(container, run, number)
        try:
            await asyncio.wait_for(asyncio.shield(run.ended), None if patience < 0 else patience)
        except TimeoutError:
            self._signal(container, run, signal.SIGKILL)
            await asyncio.shield(run.ended)
        stopped = self.records.get(container.id)
        self.announce(stopped or container, "stop")

    async def _by_user(self, identity: str) -> None:
        async with self.records.edit(identity) as draft:
            draft.change(stopped_by_user=True)

    async def _settle(self, identity: str) -> None:
        """A container between two automatic restarts: call the next one off."""
        self._forget_restart(identity)
        async with self.records.edit(identity) as draft:
            draft.change(state=_exited(draft.value))

    def _signal(self, container: Container, run: Run, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            run.box.signal(number)
        if self.records[container.id].state.status is Status.PAUSED:
            cgroups.thaw(group_name(container.id))  # a frozen process receives nothing, not even SIGKILL
        self.announce(container, "kill", {"signal": str(number)})

    async def kill(self, ref: str, *, signal_name: str = "SIGKILL") -> None:
        """Send a signal to process 1; SIGKILL is waited for."""
        container = self.find(ref)
        number = verify.signal_number(signal_name or "SIGKILL")
        run = self._runs.get(container.id)
        if run is None:
            if container.state.status is Status.RESTARTING:
                await self._settle(container.id)
                return
            raise Conflict(f"Cannot kill container: {ref}: Container {container.id} is not running")
        if number == signal.SIGKILL or number == verify.signal_number(container.config.get("StopSignal") or "TERM"):
            await self._by_user(container.id)
        self._signal(container, run, number)
        if number == signal.SIGKILL:
            await asyncio.shield(run.ended)

    async def restart(self, ref: str, *, timeout: int | None = None, signal_name: str | None = None) -> None:
        """Stop, then start."""
        container = self.find(ref)
        with contextlib.suppress(NotModified):
            await self.stop(container.id, timeout=timeout, signal_name=signal_name)
        async with self.lock(container.id):
            self._delays.pop(container.id, None)
            with contextlib.suppress(NotModified):
                await self._start(container.id)
        self.announce(self.records[container.id], "restart")

    async def pause(self, ref: str) -> None:
        """Freeze all processes of a container (cgroup freezer)."""
        container = self.find(ref)
        async with self.lock(container.id):
            container = self.records[container.id]
            if container.state.status is Status.PAUSED:
                raise Conflict(f"Container {container.id} is already paused")
            if not states.allowed("pause", container.state.status):
                raise Conflict(f"Container {container.id} is not running")
            await self.engine.in_thread(cgroups.freeze, group_name(container.id))
            await self._set_status(container.id, Status.PAUSED)
        self.announce(container, "pause")

    async def unpause(self, ref: str) -> None:
        """Let a frozen container go on."""
        container = self.find(ref)
        async with self.lock(container.id):
            container = self.records[container.id]
            if not states.allowed("unpause", container.state.status):
                raise Conflict(f"Container {container.id} is not paused")
            await self.engine.in_thread(cgroups.thaw, group_name(container.id))
            await self._set_status(container.id, Status.RUNNING)
        self.announce(container, "unpause")

    async def _set_status(self, identity: str, status: Status) -> None:
        async with self.records.edit(identity) as draft:
            draft.change(state=dataclasses.replace(draft.value.state, status=status))

    async def wait(self, ref: str, *, condition: str = "not-running") -> Waiter:
        """Register for the end of a container: not-running (at once if it is so), next-exit, or removed."""
        container = self.find(ref)
        if condition == "removed":
            return Waiter(self.waiters.register(container.id, "removed"))
        future = self.waiters.register(container.id, "exit")
        over = container.id not in self._runs and container.state.status is not Status.RESTARTING
        if condition in ("", "not-running") and over:
            future.set_result((container.state.exit_code, container.state.error))
        return Waiter(future)

    async def discard(self, identity: str, *, volumes: bool, code: int, run: Run | None = None) -> None:
        """Remove a container that does not run; defined by Containers."""
        raise AssertionError("defined by Containers")


def group_name(identity: str) -> str:
    """Give the name of a container's control group."""
    return groups.name(identity)


def _exited(container: Container) -> State:
    return dataclasses.replace(container.state, status=Status.EXITED)


def _checks_health(container: Container) -> bool:
    test = list((container.config.get("Healthcheck") or {}).get("Test") or ())
    return bool(test) and test[0] != "NONE"
