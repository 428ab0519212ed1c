"""The engine: everything a daemon has, put together; started and stopped as one."""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from ..box.spawn import Spawner
from ..store.layers import Layers
from . import groups, restore
from .archives import Archives
from .commits import Commits
from .containers import Containers
from .events import EventBus
from .execs import Execs
from .health import Health
from .images import Images
from .logs import Logs
from .networks import Networks
from .pool import Pool
from .settings import Settings
from .stats import Stats
from .system import System
from .volumes import Volumes

log = logging.getLogger(__name__)
T = TypeVar("T")


class Engine:
    """One daemon's engine. The verbs are in its parts, one per noun."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        groups.parent = settings.cgroup_parent.strip("/")
        self.stopping = False
        self._tasks: set[asyncio.Task[Any]] = set()
        for folder, mode in ((settings.data_root, 0o711), (settings.exec_root, 0o711)):
            folder.mkdir(parents=True, exist_ok=True, mode=mode)
        self.events = EventBus()
        self.spawner = Spawner()
        self.archivist = Spawner(functions="runtime.primitives.archives")  # boxes that run our archive functions
        self.layers = Layers(settings.data_root / "layers")
        self.images = Images(self)
        self.networks = Networks(self)
        self.volumes = Volumes(self)
        self.containers = Containers(self)
        self.execs = Execs(self)
        self.logs = Logs(self)
        self.health = Health(self)
        self.stats = Stats(self)
        self.archives = Archives(self)
        self.commits = Commits(self)
        self.stats = Stats(self)
        self.system = System(self)
        self.pool = Pool(self)

    async def start(self) -> None:
        """Get ready: read the records, take over what outlived the last daemon, fill the pool."""
        self.spawner.start()
        self.containers.load()
        self.images.load_all()
        self.volumes.load()
        await self.networks.start()
        await restore.restore(self)
        self.pool.refill_soon()

    async def stop(self) -> None:
        """End: stop the containers, unless they are to live on, and give back what is the daemon's."""
        self.stopping = True
        await self.pool.close()
        if not self.settings.live_restore:
            await restore.stop_all(self)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.networks.stop()
        self.archivist.stop()
        self.spawner.stop()

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work in the background for as long as the engine lives; a failure is logged, not lost."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a background task failed", exc_info=error)

    async def in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function that waits for the kernel or the disk, without holding up the loop."""
        return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)

    def remove_later(self, path: Path) -> None:
        """Delete a folder that nothing refers to any more: out of the way at once, deleted in the background."""
        trash = self.settings.data_root / "trash"
        if path.stat().st_dev != self.settings.data_root.stat().st_dev:
            shutil.rmtree(path, ignore_errors=True)
            return
        trash.mkdir(exist_ok=True, mode=0o700)
        hidden = trash / secrets.token_hex(8)
        path.rename(hidden)
        self.spawn(self.in_thread(lambda: shutil.rmtree(hidden, ignore_errors=True)))
