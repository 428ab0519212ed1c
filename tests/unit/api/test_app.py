"""The app over the fake engine: versions, routes, refusals, journal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fake_engine import FakeEngine, container

from runtime.api import app, routes
from runtime.http.messages import Duplex, Request, Response
from runtime.model.states import Status
from runtime.store import journal

JSON = dict[str, Any]


class Wire:
    """A connection that holds a body and collects what is sent to a hijacker."""

    def __init__(self, body: bytes, typed: list[bytes] | None = None) -> None:
        self.body, self.typed = body, typed or []
        self.sent = b""
        self.content_type = ""

    async def body_chunk(self) -> bytes:
        """Give the body once."""
        body, self.body = self.body, b""
        return body

    async def hijack(self, content_type: str) -> Duplex:
        """Become the raw connection."""
        self.content_type = content_type
        return self

    async def receive(self) -> bytes:
        """Give what is typed."""
        await asyncio.sleep(0)
        return self.typed.pop(0) if self.typed else b""

    async def send(self, data: bytes) -> None:
        """Collect."""
        self.sent += data

    async def gone(self) -> None:
        """Never."""
        await asyncio.Event().wait()


class Api:
    """The app, asked directly."""

    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine(folder)
        self.journal = journal.Journal(folder / "journal")
        self.app = app.App(self.engine, self.journal, hosts=frozenset({"box"}))  # type: ignore[arg-type]
        self.engine.containers.held = [
            container("one", 1, labels={"a": "1"}),
            container("two", 2, status=Status.RUNNING),
        ]

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        wire: Wire | None = None,
        local: bool = True,
        **headers: str,
    ) -> Response | None:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        wire = wire or Wire(raw)
        given = {"host": "x", "content-length": str(len(raw)), "content-type": "application/json", **headers}
        path, _, query = path.partition("?")
        values = {}
        for pair in filter(None, query.split("&")):
            name, _, value = pair.partition("=")
            values.setdefault(name, []).append(value)
        return await self.app(Request(method, path, path, values, given, wire, local))

    def json(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Ask and decode; a status and a document."""

        async def scenario() -> tuple[int, Any]:
            response = await self.ask(method, path, body, **headers)
            assert response is not None
            data = response.body if isinstance(response.body, bytes) else b"".join([x async for x in response.body])
            return response.status, json.loads(data) if data.startswith((b"{", b"[")) else data

        return asyncio.run(scenario())

    def entries(self) -> list[JSON]:
        """Read the journal."""
        lines = b"".join(self.journal.read()).splitlines()
        assert journal.verify(lines) == ""
        return [json.loads(line) for line in lines]


@pytest.fixture
def api(tmp_path: Path) -> Api:
    """Give the app over a fresh fake engine."""
    return Api(tmp_path)


def test_versions(api: Api) -> None:
    assert api.json("GET", "/v1.24/version")[1]["ApiVersion"] == "1.47"
    assert api.json("GET", "/v9.99/info") == (
        400,
        {"message": "client version 9.99 is too new. Maximum supported API version is 1.47"},
    )
    status, refusal = api.json("GET", "/v1.1/info")
    assert (status, "too old" in refusal["message"]) == (400, True)


@pytest.mark.parametrize("path", ["/nope", "/", "", "/vx/info", "/v1.41/v1.41/info", "//etc/passwd", "/version/"])
def test_unknown_paths(api: Api, path: str) -> None:
    assert api.json("GET", path) == (404, {"message": "page not found"})


def test_every_route_of_the_table_is_found() -> None:
    for method, path, handler in routes.TABLE:
        found = routes.find(method, path.replace("{id}", "x").replace("{name}", "a/b:c"))
        assert found is not None
        assert found[0] is handler, path


def test_ping_says_what_the_client_negotiates_by(api: Api) -> None:
    response = asyncio.run(api.ask("HEAD", "/_ping"))
    assert response is not None
    headers = dict(response.headers)
    assert headers["Api-Version"] == "1.47"
    assert headers["Ostype"] == "linux"
    assert headers["Builder-Version"] == "1"
    assert api.entries() == []


def test_refusals_keep_their_status_and_words(api: Api) -> None:
    assert api.json("GET", "/containers/nope/json") == (404, {"message": "No such container: nope"})
    assert api.json("POST", "/containers/one/start") == (304, b"")
    assert api.json("POST", "/containers/one/kill")[0] == 409
    assert api.json("POST", "/session")[0] == 501
    assert api.json("GET", "/nodes")[0] == 503
    assert api.json("GET", "/containers/json?limit=zz")[1]["message"] == 'strconv.Atoi: parsing "zz": invalid syntax'
    assert api.json("DELETE", "/containers/one") == (500, {"message": "internal error: ZeroDivisionError"})


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/plain; x/json", ""])
def test_forged_bodies_change_nothing(api: Api, kind: str) -> None:
    status, _ = api.json("POST", "/containers/create", {"Image": "busybox"}, **{"content-type": kind})
    assert status == 400
    assert len(api.engine.containers.held) == 2


def test_web_pages_are_refused(api: Api) -> None:
    assert api.json("GET", "/info", origin="http://evil.example")[0] == 403


@pytest.mark.parametrize(("host", "status"), [
    ("evil.example", 403), ("evil.example:2376", 403), ("", 403), ("box:2376", 200), ("127.0.0.1:2376", 200),
    ("[::1]:2376", 200), ("localhost:1", 200),
])  # fmt: skip
def test_hosts_over_tcp(api: Api, host: str, status: int) -> None:
    response = asyncio.run(api.ask("GET", "/version", local=False, host=host))
    assert response is not None
    assert response.status == status


def _names(api: Api, path: str) -> list[list[str]]:
    return [one["Names"] for one in api.json("GET", path)[1]]


def test_lists(api: Api) -> None:
    assert _names(api, "/containers/json") == [["/two"]]
    assert _names(api, "/containers/json?all=1") == [["/two"], ["/one"]]
    assert _names(api, '/containers/json?all=1&filters={"label":["a=1"]}') == [["/one"]]
    assert api.json("GET", '/containers/json?filters={"zz":["a"]}') == (400, {"message": "invalid filter 'zz'"})
    assert api.json("GET", '/containers/json?filters={"status":["zz"]}')[0] == 400
    assert api.json("GET", "/images/json")[1][0]["RepoTags"] == ["busybox:latest"]


def test_logs_are_framed(api: Api) -> None:
    assert api.json("GET", "/containers/one/logs?stdout=1&stderr=1")[1] == (
        b"\1\0\0\0\0\0\0\4out\n\2\0\0\0\0\0\0\4err\n"
    )
    assert api.json("GET", "/containers/one/logs")[0] == 400


def test_wait_answers_at_once_and_ends_later(api: Api) -> None:
    async def scenario() -> None:
        response = await api.ask("POST", "/containers/one/wait?condition=next-exit")
        assert response is not None
        assert not isinstance(response.body, bytes)
        outcome = api.engine.containers.outcome
        assert outcome is not None
        outcome.set_result((3, ""))
        assert [json.loads(piece) async for piece in response.body] == [{"StatusCode": 3}]

    asyncio.run(scenario())
    assert api.json("POST", "/containers/one/wait?condition=zz")[0] == 400


def test_attach_frames_and_journals_before_it_ends(api: Api) -> None:
    wire = Wire(b"", [b"hello"])
    asyncio.run(api.ask("POST", "/containers/two/attach?stream=1&stdin=1&stdout=1", wire=wire, upgrade="tcp"))
    assert wire.sent == b"\1\0\0\0\0\0\0\5hello"
    assert wire.content_type == "application/vnd.docker.multiplexed-stream"
    assert api.engine.containers.attachment is not None
    assert api.engine.containers.attachment.closed
    (entry,) = api.entries()
    assert (entry["status"], entry["actors"][1]) == (101, "two")


def test_the_journal_knows_calls_events_and_no_secrets(api: Api) -> None:
    api.json("POST", "/containers/create?name=new", {"Image": "busybox", "Tty": False, "Env": None})
    api.json("POST", "/auth", {"username": "u", "password": "secret"})
    api.engine.events.publish("container", "die", "f" * 64, {"exitCode": "3"})
    created, login, died = api.entries()
    assert created["body"] == {"Image": "busybox"}
    assert created["status"] == 201
    assert "new" in created["actors"]
    assert "secret" not in json.dumps(login)
    assert (died["event"], died["attributes"]) == ("die", {"exitCode": "3"})


def test_events_stream(api: Api) -> None:
    async def scenario() -> list[JSON]:
        event = api.engine.events.publish("container", "start", "f" * 64, {"image": "busybox", "name": "x"})
        response = await api.ask("GET", f"/events?since=0&until={event.time_ns / 1e9 + 0.001:.9f}")
        assert response is not None
        body = response.body
        assert not isinstance(body, bytes)
        return [json.loads(line) async for line in _lines(body)]

    (message,) = asyncio.run(scenario())
    assert message["status"] == message["Action"] == "start"
    assert message["from"] == "busybox"
    assert api.json("GET", "/events?since=zz")[0] == 400


async def _lines(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in body:
        yield piece
