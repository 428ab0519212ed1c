"""What was asked of the engine, in order: `ever`, `never`, `before`, `count`.

Our engine keeps every call in an append-only journal; another engine only remembers its last events, which
is enough for most questions. Both become the same list of actions, in the words of `docker events`.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .api import Api, Refused

JSON = dict[str, Any]
Who = str | tuple[str, ...]  # a name or an id; several where an object went by several

NOTICED = {"die", "oom", "detach", "untag", "delete", "health_status"}  # events that no call stands for
VERBS = "start|stop|restart|kill|pause|unpause|attach|rename|update|resize"

# Method and path without its version -> kind and action; "" where the path itself says the action.
CALLS = [
    (r"POST /containers/create", "container", "create"),
    (r"POST /containers/(?P<who>[^/]+)/exec", "container", "exec_create"),
    (rf"POST /containers/(?P<who>[^/]+)/(?P<action>{VERBS})", "container", ""),
    (r"GET /containers/(?P<who>[^/]+)/export", "container", "export"),
    (r"DELETE /containers/(?P<who>[^/]+)", "container", "destroy"),
    (r"POST /commit", "container", "commit"),
    (r"GET /images/get", "image", "save"),
    (r"GET /images/(?P<who>.+)/get", "image", "save"),
    (r"POST /images/load", "image", "load"),
    (r"POST /images/create", "image", "import"),
    (r"POST /images/(?P<who>.+)/tag", "image", "tag"),
    (r"POST /volumes/create", "volume", "create"),
    (r"DELETE /volumes/(?P<who>[^/]+)", "volume", "destroy"),
]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was done to one object."""

    time: float  # seconds since the epoch
    kind: str  # container | image | volume | network
    action: str  # create, start, attach, … as `docker events` says
    who: frozenset[str]  # every id and name the object went by
    attributes: JSON = field(default_factory=dict)

    def concerns(self, who: Who) -> bool:
        """Say whether it was done to the object of one of these names and ids; a tag may leave :latest out."""
        wanted = {who} if isinstance(who, str) else set(who)
        return wanted <= {""} or bool({familiar(name) for name in wanted} & self.who)


@dataclass(frozen=True, slots=True)
class Journal:
    """Actions in the order in which they happened."""

    actions: tuple[Action, ...]

    def all(self, action: str, who: Who = "", *, kind: str = "") -> list[Action]:
        """List the actions of one name, of all objects or one."""
        return [one for one in self.actions if one.action == action and one.concerns(who) and kind in ("", one.kind)]

    def count(self, action: str, who: Who = "", *, kind: str = "") -> int:
        """Count them."""
        return len(self.all(action, who, kind=kind))

    def ever(self, action: str, who: Who = "", *, kind: str = "") -> bool:
        """Say whether it was ever done."""
        return bool(self.all(action, who, kind=kind))

    def never(self, action: str, who: Who = "", *, kind: str = "") -> bool:
        """Say whether it was never done."""
        return not self.ever(action, who, kind=kind)

    def before(self, first: str, then: str, who: Who = "", *, kind: str = "") -> bool:
        """Say whether one action was done and later the other, to the same object where `who` names it."""
        firsts, seconds = self.all(first, who, kind=kind), self.all(then, who, kind=kind)
        return bool(firsts and seconds) and self.actions.index(firsts[0]) < self.actions.index(seconds[-1])


def fetch(api: Api, *, since: float = 0.0) -> Journal:
    """Ask the engine for its journal, or for its events where it keeps none."""
    try:
        lines = api.raw("GET", "/docklab/journal").decode().splitlines()
        actions: Iterable[Action] = from_calls(json.loads(line) for line in lines if line.strip())
    except Refused:
        query = {"since": f"{since:.9f}", "until": f"{now():.9f}"}
        lines = api.raw("GET", "/events", query=query).decode().splitlines()
        actions = from_events(json.loads(line) for line in lines if line.strip())
    return Journal(tuple(one for one in actions if one.time >= since))


def now() -> float:
    """Tell the time; the engine is on this machine, so the clock is the same one."""
    return time.time()


def from_events(events: Iterable[JSON]) -> Iterator[Action]:
    """Make actions of Docker's events."""
    for event in events:
        actor = event.get("Actor") or {}
        attributes = actor.get("Attributes") or {}
        who = {str(actor.get("ID", "")), str(attributes.get("name", ""))}
        action = str(event["Action"]).partition(":")[0]
        yield Action(event["timeNano"] / 1e9, str(event["Type"]), action, known(who), attributes)


def from_calls(entries: Iterable[JSON]) -> Iterator[Action]:
    """Make actions of our engine's journal: calls that did something, and what the engine itself noticed."""
    for entry in entries:
        if "method" in entry and int(entry.get("status", 0)) < 300 and (action := from_call(entry)):
            yield action
        elif (name := str(entry.get("event", "")).partition(":")[0]) in NOTICED:
            who = known(set(map(str, entry.get("actors") or ())))
            yield Action(float(entry["time"]), str(entry.get("type", "")), name, who, entry.get("attributes") or {})


def from_call(entry: JSON) -> Action | None:
    """Make an action of one call, None for a call that only looks."""
    address = urllib.parse.urlsplit(str(entry["path"]))
    path = urllib.parse.unquote(re.sub(r"^/v\d+\.\d+(?=/)", "", address.path))
    for pattern, kind, action in CALLS:
        if match := re.fullmatch(pattern, f"{entry['method']} {path}"):
            words = match.groupdict()
            query = dict(urllib.parse.parse_qsl(address.query))
            who = names(entry, words.get("who") or query.get("container") or query.get("names") or "")
            return Action(float(entry["time"]), kind, words.get("action") or action, who, query)
    return None


def names(entry: JSON, reference: str) -> frozenset[str]:
    """Give every name of the call's object: as it was asked for, and as the engine knew it."""
    return known({reference, *map(str, entry.get("actors") or ())})


def known(names: set[str]) -> frozenset[str]:
    """Give the names in the form in which they are compared."""
    return frozenset(familiar(name) for name in names if name)


def familiar(name: str) -> str:
    """Take off what two ways to write one name differ in."""
    return name.removeprefix("sha256:").removesuffix(":latest").lstrip("/")


def broken(lines: Iterable[str]) -> str:
    """Say where a journal's chain breaks, or nothing: every entry holds the digest of itself and of the one before."""
    previous = "0" * 64
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            stated = entry.pop("hash")
        except (ValueError, KeyError, AttributeError, TypeError):
            return f"entry {number} is no journal entry"
        digest = hashlib.sha256(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        if entry.get("prev") != previous or entry.get("seq") != number or digest != stated:
            return f"entry {number} was changed, or does not follow the one before it"
        previous = stated
    return ""
