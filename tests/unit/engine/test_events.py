"""The event bus: order, kept events, filters, end, and a subscriber that does not read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from runtime.engine import events
from runtime.errors import BadRequest
from runtime.model import filters
from runtime.model.event import Event


async def take(stream: AsyncIterator[Event], count: int) -> list[str]:
    got = []
    async for event in stream:
        got.append(event.action)
        if len(got) == count:
            break
    await stream.aclose()  # type: ignore[attr-defined]
    return got


def test_new_events_reach_every_subscriber_in_order() -> None:
    async def scenario() -> None:
        bus = events.EventBus()
        streams = [bus.subscribe(), bus.subscribe()]
        for action in ("create", "start", "die"):
            bus.publish("container", action, "a" * 64, {})
        for stream in streams:
            assert await take(stream, 3) == ["create", "start", "die"]
        assert bus.subscribers == 0

    asyncio.run(scenario())


def test_since_and_until_bound_the_stream() -> None:
    async def scenario() -> None:
        bus = events.EventBus()
        first = bus.publish("container", "one", "a", {})
        second = bus.publish("container", "two", "a", {})
        third = bus.publish("container", "three", "a", {})
        assert first.time_ns < second.time_ns < third.time_ns
        past = bus.subscribe(since=second.time_ns, until=second.time_ns)
        assert [event.action async for event in past] == ["two"]
        everything = bus.subscribe(since=0, until=third.time_ns)
        assert [event.action async for event in everything] == ["one", "two", "three"]

    asyncio.run(scenario())


def test_only_the_last_256_are_kept() -> None:
    async def scenario() -> None:
        bus = events.EventBus()
        for number in range(300):
            bus.publish("container", str(number), "a", {})
        kept = [event.action async for event in bus.subscribe(since=0, until=1)]
        assert kept == []
        kept = await take(bus.subscribe(since=0), 256)
        assert kept[0] == "44"
        assert kept[-1] == "299"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"type":["container"]}', True),
        ('{"type":["image"]}', False),
        ('{"event":["exec_create"]}', True),
        ('{"event":["exec_create: sh -c x"]}', True),
        ('{"event":["start"]}', False),
        ('{"container":["web"]}', True),
        ('{"container":["cccc"]}', True),
        ('{"container":["other"]}', False),
        ('{"image":["busybox"]}', True),
        ('{"image":["alpine"]}', False),
        ('{"network":["bridge"]}', False),
        ('{"label":["a=1"]}', True),
        ('{"label":["a=2"]}', False),
    ],
)
def test_filters(text: str, *, expected: bool) -> None:
    event = Event("container", "exec_create: sh -c x", "c" * 64, {"name": "web", "image": "busybox:latest", "a": "1"})
    assert events.matches(event, filters.parse(text)) is expected


def test_unknown_filter_is_refused_at_once() -> None:
    with pytest.raises(BadRequest):
        events.EventBus().subscribe(filters=filters.parse('{"zz":["a"]}'))


def test_who_does_not_read_is_cut_off() -> None:
    async def scenario() -> None:
        bus = events.EventBus()
        stream = bus.subscribe()
        for number in range(events.PENDING + 1):
            bus.publish("container", str(number), "a", {})
        assert bus.subscribers == 0
        assert len([event async for event in stream]) == events.PENDING - 1

    asyncio.run(scenario())


def test_listeners_are_told_before_publish_returns() -> None:
    bus = events.EventBus()
    told: list[Event] = []
    bus.listen(told.append)
    event = bus.publish("image", "tag", "sha256:1", {"name": "x"})
    assert told == [event]
