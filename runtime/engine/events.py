"""The event bus: what happened, for `docker events`, for the journal and for whoever waits for a change.

Design note. One loop, so publishing needs no lock. The last 256 events are kept for `--since`; a subscriber has
a queue of its own, and one that does not read is cut off when the queue is full, so that a stopped client costs a
bounded amount of memory and never slows down the engine. Nothing survives a restart: the journal does.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping

from ..model.event import Event
from ..model.filters import Filters

KEPT = 256
PENDING = 8192  # events a subscriber may be behind before it is cut off

_TYPES = ("container", "image", "volume", "network", "daemon", "plugin", "service", "node", "secret", "config")
ACCEPTED = frozenset({*_TYPES, "type", "event", "label", "scope", "id", "actor"})

now_ns: Callable[[], int] = time.time_ns


class EventBus:
    """Publishes events to listeners (called at once, in order) and to subscribers (each with a queue)."""

    def __init__(self) -> None:
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._queues: set[asyncio.Queue[Event | None]] = set()
        self._listeners: list[Callable[[Event], None]] = []
        self._last = 0

    @property
    def subscribers(self) -> int:
        """How many are subscribed now (`docker info` shows it in debug mode)."""
        return len(self._queues)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Have every event handed to `listener` before `publish` returns; it must not fail or wait."""
        self._listeners.append(listener)

    def publish(self, kind: str, action: str, actor: str, attributes: Mapping[str, str]) -> Event:
        """Announce that `action` happened to `actor`, and return the event."""
        # Times are strictly increasing, so that a client that reconnects with --since neither misses nor repeats one.
        self._last = max(now_ns(), self._last + 1)
        event = Event(kind, action, actor, dict(attributes), self._last)
        self._kept.append(event)
        for listener in self._listeners:
            listener(event)
        for queue in tuple(self._queues):
            self._offer(queue, event)
        return event

    def subscribe(
        self, *, since: int | None = None, until: int | None = None, filters: Filters | None = None
    ) -> AsyncIterator[Event]:
        """Iterate over kept events from `since` (ns) on, then over new ones up to `until` (ns).

        The subscription exists from this call on, not from the first iteration: nothing in between is missed.
        """
        wanted = filters or Filters()
        wanted.check(ACCEPTED)
        past = [event for event in self._kept if since is not None and event.time_ns >= since]
        queue: asyncio.Queue[Event | None] = asyncio.Queue(PENDING)
        self._queues.add(queue)
        return self._stream(past, queue, until, wanted)

    async def _stream(
        self, past: list[Event], queue: asyncio.Queue[Event | None], until: int | None, wanted: Filters
    ) -> AsyncIterator[Event]:
        try:
            for event in past:
                if (until is None or event.time_ns <= until) and matches(event, wanted):
                    yield event
            with contextlib.suppress(TimeoutError):
                while (event_or_end := await _next(queue, until)) is not None:
                    if matches(event_or_end, wanted):
                        yield event_or_end
        finally:
            self._queues.discard(queue)

    def _offer(self, queue: asyncio.Queue[Event | None], event: Event) -> None:
        try:
            queue.put_nowait(event)
        except asyncio.QueueFull:
            self._queues.discard(queue)
            queue.get_nowait()
            queue.put_nowait(None)


async def _next(queue: asyncio.Queue[Event | None], until: int | None) -> Event | None:
    if until is None:
        return await queue.get()
    async with asyncio.timeout(max(0.0, (until - now_ns()) / 1e9)):
        return await queue.get()


def matches(event: Event, filters: Filters) -> bool:
    """Say whether an event passes `docker events --filter …`."""
    return (
        filters.exact("type", event.kind)
        and _action(event, filters)
        and filters.exact("scope", "local")
        and filters.exact("id", event.actor)
        and filters.exact("actor", event.actor)
        and filters.labelled(event.attributes)
        and all(_object(event, kind, filters) for kind in _TYPES)
    )


def _action(event: Event, filters: Filters) -> bool:
    # "exec_create: sh" and "health_status: healthy" are found by the part before the colon too.
    return filters.exact("event", event.action, event.action.partition(":")[0])


def _object(event: Event, kind: str, filters: Filters) -> bool:
    given = filters.get(kind)
    if not given:
        return True
    names = (event.actor, event.attributes.get("name", ""))
    if event.kind == kind:
        return any(value in names or event.actor.startswith(value) for value in given)
    # Docker's image filter also shows the containers' events of that image.
    return kind == "image" and event.kind == "container" and _of_image(event.attributes.get("image", ""), given)


def _of_image(reference: str, given: tuple[str, ...]) -> bool:
    return any(value in (reference, reference.rpartition(":")[0]) for value in given)
