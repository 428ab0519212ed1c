"""An engine that is values only: what the API's handlers need of one, without kernel or disk."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from runtime.engine.events import EventBus
from runtime.engine.runs import Waiter
from runtime.engine.settings import Settings
from runtime.engine.system import System
from runtime.errors import Conflict, NotFound, NotModified
from runtime.model.container import Container, Endpoint, State
from runtime.model.filters import Filters
from runtime.model.image import Image
from runtime.model.states import Status

JSON = dict[str, Any]

IMAGE = Image(
    "sha256:" + "1" * 64,
    {"created": "2026-01-01T00:00:00Z", "architecture": "amd64", "os": "linux", "config": {"Cmd": ["sh"]}},
    2_976_447,
    ("sha256:" + "2" * 64,),
    ("busybox:latest",),
)


def container(name: str, number: int, **fields: Any) -> Container:
    """Make a container of the fake engine."""
    status = fields.pop("status", Status.EXITED)
    state = State(status, started_at="2026-01-02T00:00:00Z", finished_at="2026-01-02T00:01:00Z")
    return Container(
        id=f"{number:064x}",
        name=name,
        created=f"2026-01-01T00:00:{number:02d}Z",
        image=IMAGE.id,
        request={},
        config={"Image": "busybox", "Cmd": ["sh", "-c", "echo hi"], "Labels": fields.pop("labels", {}), "Tty": False},
        host={"NetworkMode": "default", "LogConfig": {"Type": "json-file", "Config": {}}},
        state=dataclasses.replace(state, pid=4711 if status is Status.RUNNING else 0),
        endpoints={"bridge": Endpoint("9" * 64, "8" * 64, "172.17.0.2", 16, "172.17.0.1", "02:42:ac:11:00:02")},
        **fields,
    )


class FakeAttachment:
    """Echoes what it is sent until its input ends."""

    def __init__(self, *, tty: bool) -> None:
        self.tty, self.closed = tty, False
        self.pieces: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[tuple[int, bytes]]:
        while (piece := await self.pieces.get()) is not None:
            yield piece

    async def write(self, data: bytes) -> None:
        """Echo."""
        self.pieces.put_nowait((1, data))

    async def close_stdin(self) -> None:
        """End."""
        self.pieces.put_nowait(None)

    async def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


class FakeContainers:
    """Containers in a dictionary."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.held: list[Container] = []
        self.outcome: asyncio.Future[tuple[int, str]] | None = None
        self.attachment: FakeAttachment | None = None
        self.created: JSON = {}
        self.records = self

    def path(self, key: str) -> Path:
        """Give a folder."""
        return Path("/nowhere") / key

    def all(self) -> list[Container]:
        """List, newest first."""
        return sorted(self.held, key=lambda one: one.created, reverse=True)

    def find(self, ref: str) -> Container:
        """Find by name or id."""
        for one in self.held:
            if ref in (one.id, one.name):
                return one
        raise NotFound(f"No such container: {ref}")

    async def create(self, name: str | None, body: JSON, *, platform: str | None) -> tuple[str, list[str]]:
        """Make one."""
        self.created = body
        self.held.append(container(name or "made", len(self.held) + 1))
        return self.held[-1].id, []

    async def start(self, ref: str) -> None:
        """Say that it runs already."""
        raise NotModified("")

    async def kill(self, ref: str, *, signal_name: str) -> None:
        """Refuse."""
        raise Conflict(f"Cannot kill container: {ref}: Container {ref} is not running")

    async def wait(self, ref: str, *, condition: str) -> Waiter:
        """Wait for a future of the test."""
        self.outcome = asyncio.get_running_loop().create_future()
        return Waiter(self.outcome)

    async def attach(self, ref: str, **_wanted: bool) -> FakeAttachment:
        """Attach to an echo."""
        self.attachment = FakeAttachment(tty=self.find(ref).tty)
        return self.attachment

    def announce(self, one: Container, action: str, more: JSON | None = None) -> None:
        """Publish an event."""
        self.engine.events.publish("container", action, one.id, {"name": one.name})

    async def prune(self, _filters: Filters) -> tuple[list[str], int]:
        """Remove nothing."""
        return [], 0

    def size(self, _one: Container) -> int:
        """Give a size."""
        return 7

    async def remove(self, ref: str, **_how: bool) -> None:
        """Break, as a defect would."""
        raise ZeroDivisionError


class FakeImages:
    """One image."""

    def all(self) -> list[Image]:
        """List."""
        return [IMAGE]

    def find(self, ref: str) -> Image:
        """Find by name or id."""
        if ref in ("busybox", "busybox:latest", IMAGE.id):
            return IMAGE
        raise NotFound(f"No such image: {ref}")

    def lowers(self, _image: Image) -> list[Path]:
        """Give the layers' folders."""
        return [Path("/layers/a")]


class FakeExecs:
    """No execs."""

    def of(self, _container: str) -> list[str]:
        """List those of a container."""
        return []

    def find(self, identity: str) -> Any:
        """Find none."""
        raise NotFound(f"No such exec instance: {identity}")


class FakeLogs:
    """Two lines."""

    async def read(self, _one: Container, **_wanted: Any) -> AsyncIterator[tuple[int, bytes]]:
        """Give one line of each stream."""
        yield 1, b"out\n"
        yield 2, b"err\n"


class FakeVolumes:
    """No volumes."""

    async def usage(self) -> list[JSON]:
        """List."""
        return []


class FakeEngine:
    """All of it."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_root=folder)
        self.events = EventBus()
        self.containers = FakeContainers(self)
        self.images = FakeImages()
        self.execs = FakeExecs()
        self.logs = FakeLogs()
        self.volumes = FakeVolumes()
        self.system = System(self)  # type: ignore[arg-type]

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call at once."""
        return function(*arguments)
