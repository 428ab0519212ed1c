"""Making, changing and removing containers; what is done with one that exists."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import BadRequest, Conflict, EngineError, NotFound
from ..model import states, times
from ..model.container import Container, Endpoint
from ..model.filters import Filters
from ..model.states import Status
from ..primitives import cgroups
from . import clock, configuration, explain, names, surroundings, verify
from .attachments import Attachment
from .lifecycle import Lifecycle, group_name
from .runs import Run
from .stdin import Stdin

JSON = dict[str, Any]


class Containers(Lifecycle):
    """All verbs on containers."""

    async def create(self, name: str | None, body: JSON, *, platform: str | None = None) -> tuple[str, list[str]]:
        """Make a container that does not run yet; give its id and warnings."""
        identity = secrets.token_hex(32)
        image = self.engine.images.resolve_for_create(str(body.get("Image") or ""))
        config = configuration.config(body, image, identity)
        host = configuration.host(body)
        warnings = verify.container(config, host)
        surroundings.rotation(host["LogConfig"])
        self._check_shared(config, host)
        with self._reserved(name, identity) as chosen:
            mounts = self.engine.volumes.mounts(config, host, chosen)
            container = Container(
                id=identity,
                name=chosen,
                created=clock.now(),
                image=image.id,
                request=body,
                config=config,
                host=host,
                mounts=mounts,
                endpoints=self._requested_endpoints(body, host),
            )
            self._make_folder(container)
        self.announce(container, "create")
        return identity, warnings

    def _check_shared(self, config: JSON, host: JSON) -> None:
        """Containers whose namespaces are to be shared must exist; with a network comes the host name."""
        for field in ("NetworkMode", "PidMode", "IpcMode"):
            if host[field].startswith("container:"):
                ref = host[field].removeprefix("container:")
                other = self.find(ref)
                host[field] = f"container:{other.id}"
                if field == "NetworkMode":
                    config["Hostname"] = other.config["Hostname"]

    def _requested_endpoints(self, body: JSON, host: JSON) -> dict[str, Endpoint]:
        asked = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
        mode = host["NetworkMode"]
        if mode.startswith("container:"):
            return {}
        name = "bridge" if mode == "default" else mode
        requested = asked.get(name) or asked.get(mode) or {}
        return {self.engine.networks.name_of(name): Endpoint(requested=requested)}

    @contextlib.contextmanager
    def _reserved(self, name: str | None, identity: str) -> Iterator[str]:
        chosen = verify.name(name) if name else names.generate(self._names)
        holder = self._names.get(chosen)
        if holder is not None:
            raise Conflict(
                f'Conflict. The container name "/{chosen}" is already in use by container "{holder}". '
                "You have to remove (or rename) that container to be able to reuse that name."
            )
        self._names[chosen] = identity
        try:
            yield chosen
        except BaseException:
            self._names.pop(chosen, None)
            raise

    def _make_folder(self, container: Container) -> None:
        folder = self.records.path(container.id)
        try:
            folder.mkdir(mode=0o710)
            for name, mode in (("upper", 0o755), ("work", 0o700), ("merged", 0o755)):
                (folder / name).mkdir(mode=mode)
            self.records.add(container.id, container)
        except OSError as error:
            self.records.clear_folder(container.id)
            raise EngineError(f"cannot create container {container.id[:12]}: {error.strerror}") from error

    async def rename(self, ref: str, name: str) -> None:
        """Give a container another name."""
        container = self.find(ref)
        if not name:
            raise BadRequest("Neither old nor new names may be empty")
        if name.removeprefix("/") == container.name:
            raise BadRequest("Renaming a container with the same name as its current name")
        with _allocating(), self._reserved(name, container.id) as chosen:
            async with self.records.edit(container.id) as draft:
                draft.change(name=chosen)
        self._names.pop(container.name, None)
        self.announce(self.records[container.id], "rename", {"oldName": f"/{container.name}"})

    async def update(self, ref: str, body: JSON) -> list[str]:
        """Change resource limits and restart policy; give warnings."""
        container = self.find(ref)
        async with self.lock(container.id):
            container = self.records[container.id]
            if container.state.status in (Status.REMOVING, Status.DEAD):
                raise Conflict(f"Cannot update container {container.id}: Container is marked for removal")
            wanted = {key: value for key, value in body.items() if value not in (None, "", 0, [], {})}
            self._check_update(container, wanted)
            host = configuration.host({"HostConfig": wanted}, old_memory=dict(container.host))
            warnings = verify.limits(host)
            if container.id in self._runs:
                self._apply_limits(container, host)
            async with self.records.edit(container.id) as draft:
                draft.change(host=host)
        self.announce(container, "update")
        return warnings

    def _check_update(self, container: Container, wanted: JSON) -> None:
        policy = wanted.get("RestartPolicy") or {}
        if container.host["AutoRemove"] and policy.get("Name") not in (None, "", "no"):
            raise BadRequest("Restart policy cannot be updated because AutoRemove is enabled for the container")
        swap = int(wanted.get("MemorySwap") or container.host["MemorySwap"])
        if int(wanted.get("Memory") or 0) > swap > 0:
            raise Conflict(
                f"Cannot update container {container.id}: Memory limit should be smaller than already set memoryswap "
                "limit, update the memoryswap at the same time"
            )

    def _apply_limits(self, container: Container, host: JSON) -> None:
        try:
            cgroups.update(group_name(container.id), host)
        except OSError as error:
            raise EngineError(f"Cannot update container {container.id}: {error}") from error

    async def remove(self, ref: str, *, force: bool = False, volumes: bool = False, link: bool = False) -> None:
        """Remove a container, with its anonymous volumes if asked; a running one only by force."""
        container = self.find(ref)
        if link:
            raise BadRequest(f"Cannot get parent / for name /{container.name}")
        if container.state.running:
            if not force:
                raise Conflict(_still_running(container))
            with contextlib.suppress(Conflict):
                await self.kill(container.id)
        self._forget_restart(container.id)
        async with self.lock(container.id):
            current = self.records.get(container.id)
            if current is None:
                return  # --rm was faster
            if current.state.running:
                raise Conflict(_still_running(current))
            if not states.allowed("remove", current.state.status):
                raise Conflict(f"removal of container {current.id} is already in progress")
            await self.discard(container.id, volumes=volumes, code=current.state.exit_code)

    async def discard(self, identity: str, *, volumes: bool, code: int, run: Run | None = None) -> None:
        """Remove a container that does not run. Who waits is told once nobody can find it any more.

        Its files are cleared afterwards: the folder has no record, so that a restart would clear it too.
        """
        container = self.records[identity]
        self.records.remove(identity)
        self._names.pop(container.name, None)
        self._verbs.pop(identity, None)
        self._delays.pop(identity, None)
        self.announce(container, "destroy")
        self.waiters.tell(identity, "removed", (code, ""))
        self.waiters.tell(identity, "exit", (code, ""))
        if run is not None:
            await run.teardown.aclose()
        if volumes:
            await self.engine.volumes.forget(container)
        self.engine.execs.forget(identity)
        self.engine.remove_later(self.records.path(identity))

    async def prune(self, filters: Filters) -> tuple[list[str], int]:
        """Remove all containers that do not run and match; give their ids and the bytes gained."""
        filters.check(frozenset({"label", "label!", "until"}))
        removed, gained = [], 0
        for container in self.all():
            if container.state.running or container.state.status is Status.RESTARTING:
                continue
            if not filters.labelled(container.config.get("Labels")):
                continue
            if not _created_before(container, filters):
                continue
            size = self.size(container)
            with contextlib.suppress(NotFound, Conflict):
                await self.remove(container.id)
                removed.append(container.id)
                gained += size
        return removed, gained

    def size(self, container: Container) -> int:
        """Give the bytes of a container's writable layer."""
        return _folder_size(self.records.path(container.id) / "upper")

    async def resize(self, ref: str, *, height: int, width: int) -> None:
        """Set the size of a container's terminal."""
        container = self.find(ref)
        run = self._runs.get(container.id)
        if run is None:
            raise Conflict(f"Container {container.id} is not running")
        run.stdin.resize(height, width)
        self.announce(container, "resize", {"height": str(height), "width": str(width)})

    async def attach(
        self, ref: str, *, stdin: bool, stdout: bool, stderr: bool, logs: bool, stream: bool
    ) -> Attachment:
        """Attach to a container, running or about to run; the output begins here, or with `logs` at its beginning."""
        container = self.find(ref)
        if container.state.status is Status.PAUSED:
            raise Conflict(f"Container {container.id} is paused, unpause the container before attach")
        if container.state.status is Status.RESTARTING and stream:
            raise Conflict(f"Container {container.id} is restarting, wait until the container is running")
        output = None
        if stdout or stderr:
            wanted = (1 if stdout or container.tty else 0, 2 if stderr else 0)
            output = self.engine.logs.attach(container, wanted=wanted, beginning=logs, follow=stream)
        takes_input = stdin and stream and bool(container.config.get("OpenStdin"))
        self.announce(container, "attach")
        return Attachment(
            output,
            tty=container.tty,
            stdin=(lambda: self._stdin(container.id)) if takes_input else None,
            end_stdin=lambda: self._close_stdin(container.id),
        )

    async def _stdin(self, identity: str) -> Stdin:
        """Give the input of a container, waiting for its start."""
        while identity not in self._runs:
            await self.waiters.register(identity, "started")
        return self._runs[identity].stdin

    def _close_stdin(self, identity: str) -> None:
        if run := self._runs.get(identity):
            run.close_stdin()

    def explain(self, ref: str) -> JSON:
        """Give the last start of a container, operation by operation."""
        container = self.find(ref)
        return {"Id": container.id, "Name": container.name, **explain.read(self.records.path(container.id), ref)}


@contextlib.contextmanager
def _allocating() -> Iterator[None]:
    try:
        yield
    except (Conflict, BadRequest) as error:
        raise type(error)(f"Error when allocating new name: {error.message}") from error


def _created_before(container: Container, filters: Filters) -> bool:
    try:
        limits = [times.moment(text, now=clock.now_ns()) for text in filters.get("until")]
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return all(clock.parse(container.created) < limit for limit in limits)


def _still_running(container: Container) -> str:
    if container.state.status is Status.PAUSED:
        return (
            f"You cannot remove a paused container {container.id}. "
            "Unpause and then stop the container before attempting removal or force remove"
        )
    return (
        f"You cannot remove a running container {container.id}. "
        "Stop the container before attempting removal or force remove"
    )


def _folder_size(folder: Path) -> int:
    """Add up the regular files below a folder; what vanishes meanwhile does not count."""
    total = 0
    for here, _folders, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(here, name)).st_size
    return total
