"""From a request to a response: version, permission, route, handler, error, journal. The same for every call."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import re
import time
from typing import TYPE_CHECKING, Any

from ..engine.system import API_MINIMUM, API_VERSION, dotted
from ..errors import BadRequest, EngineError, Forbidden, NotFound
from ..http.messages import JSON_TYPE, Request, Response
from ..model.event import Event
from ..store.journal import Journal
from . import call, routes
from .call import Call
from .system import SERVER

if TYPE_CHECKING:
    from ..engine.engine import Engine

log = logging.getLogger(__name__)
JSON = dict[str, Any]

_VERSIONED = re.compile(r"/v(\d{1,4})\.(\d{1,4})(/.*)", re.DOTALL)
_HEADERS = [
    ("Api-Version", dotted(API_VERSION)),
    ("Docker-Experimental", "false"),
    ("Ostype", "linux"),
    ("Server", SERVER),
]
# Calls whose bodies hold secrets: the journal gets their digest only.
_SECRET = re.compile(r"/(auth|secrets|configs|swarm)(/|$)")
_QUIET = {"/_ping", "/docklab/journal", "/journal"}
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BODY_KEPT = 8192  # bytes of a body's JSON that the journal keeps


class App:
    """The Engine API over one engine. Call it with a request."""

    def __init__(self, engine: Engine, journal: Journal, *, hosts: frozenset[str] = frozenset()) -> None:
        self.engine, self.journal, self.hosts = engine, journal, hosts
        engine.events.listen(self._record_event)

    async def __call__(self, request: Request) -> Response | None:
        """Answer one request; None when its connection was taken over."""
        ask: Call | None = None
        try:
            _check_origin(request, self.hosts)
            version, path = _version(request.path)
            found = routes.find(request.method, path)
            if found is None:
                raise NotFound("page not found")
            handler, params = found
            ask = Call(self.engine, self.journal, request, version, params)
            response = await self._run(ask, handler, path)
        except EngineError as error:
            response = _refusal(error)
            if ask is not None:
                self._record(ask, response.status, path)
        if response is not None:
            response.headers += _HEADERS
        return response

    async def _run(self, ask: Call, handler: routes.Handler, path: str) -> Response | None:
        ask.taken_over = lambda status: self._record(ask, status, path)
        try:
            response = await handler(ask)
        except EngineError as error:
            if ask.request.hijacked:
                log.warning("%s %r ended: %s", ask.request.method, ask.request.path[:200], printable(error.message))
                return None
            raise
        except OSError as error:
            if ask.request.hijacked:
                return None
            log.exception("%s %r failed", ask.request.method, ask.request.path[:200])
            raise EngineError(f"{error.strerror or error}") from error
        except Exception as error:
            # A defect of ours: the client gets an answer, the log the traceback, and the daemon lives on.
            if ask.request.hijacked:
                raise
            log.exception("%s %r failed", ask.request.method, ask.request.path[:200])
            raise EngineError(f"internal error: {type(error).__name__}") from error
        if response is not None:
            self._record(ask, response.status, path)
        return response

    def _record(self, ask: Call, status: int, path: str) -> None:
        if path in _QUIET:
            return
        request = ask.request
        entry: JSON = {"time": time.time(), "method": request.method, "path": request.target, "status": status}
        if ask.actors:
            entry["actors"] = list(dict.fromkeys(ask.actors))
        if ask.digest:
            entry["digest"] = ask.digest
        if ask.body and not _SECRET.match(path):
            essential = prune(ask.body)
            if len(call.encode(essential)) <= _BODY_KEPT:
                entry["body"] = essential
        self._append(entry)

    def _record_event(self, event: Event) -> None:
        self._append(
            {
                "time": event.time_ns / 1e9,
                "event": event.action,
                "type": event.kind,
                "actors": [event.actor, *filter(None, [event.attributes.get("name")])],
                "attributes": event.attributes,
            }
        )

    def _append(self, entry: JSON) -> None:
        # A full disk must not stop the engine from stopping containers or removing things.
        try:
            self.journal.append(entry)
        except OSError as error:
            log.error("the journal cannot be written: %s", error)


def _refusal(error: EngineError) -> Response:
    if error.status == 304:
        return Response(304)
    return Response(error.status, call.encode({"message": visible(error.message)}), JSON_TYPE)


def _version(path: str) -> tuple[tuple[int, int], str]:
    match = _VERSIONED.fullmatch(path)
    if match is None:
        return API_VERSION, path
    version = (int(match[1]), int(match[2]))
    if version > API_VERSION:
        raise BadRequest(
            f"client version {dotted(version)} is too new. Maximum supported API version is {dotted(API_VERSION)}"
        )
    if version < API_MINIMUM:
        raise BadRequest(
            f"client version {dotted(version)} is too old. Minimum supported API version is {dotted(API_MINIMUM)}, "
            "please upgrade your client to a newer version"
        )
    return version, match[3]


def _check_origin(request: Request, hosts: frozenset[str]) -> None:
    """Refuse what a web page made a browser send: a foreign Origin, or by DNS rebinding a foreign Host."""
    if "origin" in request.headers:
        raise Forbidden("requests from web pages are refused (Origin header)")
    if request.local:
        return
    host = _bare_host(request.headers.get("host", ""))
    if host in hosts or host == "localhost":
        return
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host)
        return
    raise Forbidden(f"unknown host {printable(host)[:100]!r}: use this machine's name or address")


def _bare_host(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.rpartition(":")[0].lower() if ":" in text else text.lower()


def printable(text: str) -> str:
    """Make text safe for one line of a log or a terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def visible(text: str) -> str:
    """Make control characters visible: messages quote what users wrote and end on other users' terminals."""
    return _UNSEEN.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def prune(value: Any) -> Any:
    """Leave out what a client sends only because its struct has the field: nulls, zeros, empty things."""
    if isinstance(value, dict):
        kept = {key: prune(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, "", 0, False, [], {})}
    if isinstance(value, list):
        return [prune(one) for one in value]
    return value
