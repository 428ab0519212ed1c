"""One call of the Engine API as a handler sees it: the engine, what was asked, and how to answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest
from ..http.messages import JSON_TYPE, Duplex, Request, Response
from ..model import filters as filtering
from ..model.container import Container
from ..model.filters import Filters
from . import bodies
from .bodies import Shape

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..store.journal import Journal

JSON = dict[str, Any]

BODY_LIMIT = 16 << 20  # bytes of a JSON body
_NO = ("", "0", "no", "false", "none")  # everything else is yes, as in Docker


@dataclass(slots=True)
class Call:
    """A request on its way through a handler."""

    engine: Engine
    journal: Journal
    request: Request
    version: tuple[int, int]
    params: dict[str, str]
    actors: list[str] = field(default_factory=list)  # ids and names of what it was about, for the journal
    body: JSON | None = None  # the JSON body, for the journal
    digest: str = ""
    taken_over: Callable[[int], None] = lambda _status: None  # told when the connection is hijacked

    def at_least(self, minor: int) -> bool:
        """Say whether the client speaks API 1.`minor` or newer."""
        return self.version >= (1, minor)

    def text(self, name: str, default: str = "") -> str:
        """Read a query parameter."""
        return self.request.query.get(name, (default,))[0]

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read a yes-or-no query parameter."""
        given = self.request.query.get(name)
        return default if given is None else given[0].lower().strip() not in _NO

    def number(self, name: str, default: int) -> int:
        """Read a whole number from the query."""
        text = self.text(name)
        if not text:
            return default
        try:
            value = int(text)
        except ValueError:
            raise BadRequest(f'strconv.Atoi: parsing "{text[:64]}": invalid syntax') from None
        if not -(2**63) <= value < 2**63:
            raise BadRequest(f'strconv.Atoi: parsing "{text[:64]}": value out of range')
        return value

    def filters(self) -> Filters:
        """Read the `filters` query parameter."""
        return filtering.parse(self.text("filters"))

    def container(self, ref: str | None = None) -> Container:
        """Find the container that the path (or `ref`) names."""
        found = self.engine.containers.find(self.params["id"] if ref is None else ref)
        self.actors += (found.id, found.name)
        return found

    async def json(self, shape: Shape, *, optional: bool = False) -> JSON:
        """Read and check the JSON body; an absent one is {} where it is optional."""
        kind = self.request.headers.get("content-type", "")
        if optional and self.request.length == 0:
            return {}
        # Browsers send these kinds without asking first; a JSON body of theirs is a forged request.
        if kind.partition(";")[0].strip().lower() != JSON_TYPE:
            raise BadRequest(f"unsupported Content-Type header ({kind[:100]}): must be 'application/json'")
        raw = await self.request.read(BODY_LIMIT)
        if optional and not raw.strip():
            return {}
        self.digest = hashlib.sha256(raw).hexdigest()
        self.body = bodies.parse(raw, shape)
        return self.body

    async def hijack(self, *, content_type: str) -> Duplex:
        """Take the connection; the journal is told now, because the answer may last for hours."""
        self.taken_over(101 if "upgrade" in self.request.headers else 200)
        return await self.request.hijack(content_type=content_type)


def answer(value: object, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(status, encode(value), JSON_TYPE)


def empty(status: int = 204) -> Response:
    """Answer without a body."""
    return Response(status)


def stream(body: AsyncIterator[bytes], content_type: str = JSON_TYPE, status: int = 200) -> Response:
    """Answer with what an iterator gives, as it comes."""
    return Response(status, body, content_type)


def encode(value: object) -> bytes:
    """Write one JSON document and a line feed, as Go's encoder does; text that is not Unicode is replaced."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "replace") + b"\n"
