"""HTTP over a socket pair: every way a body can end, broken answers, and connections taken over."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from runtime.client import address, api, connection

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Fake(address.Address):
    """An engine that answers each connection with given bytes and keeps what it was asked."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__("unix:///fake")
        self.answers = list(answers)
        self.asked: list[bytes] = []
        self.ends: list[socket.socket] = []

    def dial(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.sendall(self.answers.pop(0))
        theirs.shutdown(socket.SHUT_WR)
        self.ends.append(theirs)
        return ours

    def request(self, number: int = 0) -> bytes:
        return self.ends[number].recv(1 << 20)

    def close(self) -> None:
        for end in self.ends:
            end.close()


@pytest.fixture
def fake() -> Any:
    made: list[Fake] = []

    def make(*answers: bytes) -> Fake:
        made.append(Fake(*answers))
        return made[-1]

    yield make
    for one in made:
        one.close()


def closing(client: api.Client) -> None:
    if client.idle:
        client.idle.close()


Make = Callable[..., Fake]


@pytest.mark.parametrize(
    "answer",
    [
        OK + b'Content-Length: 7\r\n\r\n{"a":1}',
        OK + b'Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4;x=y\r\n":1}\r\n0\r\n\r\n',
        OK + b'\r\n{"a":1}',
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b'Content-Length: 7\r\n\r\n{"a":1}',
    ],
)
def test_bodies(fake: Make, answer: bytes) -> None:
    client = api.Client(fake(answer))
    assert client.get("/x") == {"a": 1}
    closing(client)


def test_request_bytes(fake: Make) -> None:
    engine = fake(OK + b"Content-Length: 0\r\n\r\n")
    client = api.Client(engine)
    assert client.post("/containers/create", {"Image": "x"}, name="a b", none=None, all=True, t=["1", "2"]) is None
    head, _, body = engine.request().partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /containers/create?name=a%20b&all=1&t=1&t=2 HTTP/1.1"
    assert "Content-Type: application/json" in lines
    assert "Content-Length: 14" in lines
    assert body == b'{"Image": "x"}'
    closing(client)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"nonsense\r\n\r\n",
        OK + b"Content-Length: 9\r\n\r\n{",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_broken_answers(fake: Make, answer: bytes) -> None:
    with pytest.raises(connection.ConnectionFailed):
        api.Client(fake(answer)).get("/x")


def test_refusals(fake: Make) -> None:
    body = b'{"message":"No such container: x"}\n'
    answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with pytest.raises(api.ApiError) as caught:
        api.Client(fake(answer)).get("/containers/x/json")
    assert caught.value.status == 404
    assert caught.value.message == "No such container: x"
    with pytest.raises(api.ApiError, match="request returned 500 for API route and version /x"):
        api.Client(fake(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")).get("/x")


def test_a_dead_idle_connection_is_replaced(fake: Make) -> None:
    answer = OK + b"Content-Length: 1\r\n\r\n1"
    engine = fake(answer, answer)
    client = api.Client(engine)
    assert client.get("/a") == 1
    assert client.get("/b") == 1
    assert len(engine.ends) == 2
    closing(client)


def test_hijack_keeps_what_came_with_the_headers(fake: Make) -> None:
    engine = fake(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly")
    link = api.Client(engine).hijack("/containers/x/attach", stream=True)
    assert link.read() == b"early"
    assert link.read() == b""
    assert b"Upgrade: tcp\r\n" in engine.request()
    link.close()


def test_stream_of_documents() -> None:
    pieces = [b'{"a": 1}\n{"b"', b': "\xc3', b'\xa4"} {"c": 3}\r\n']
    assert list(api.documents(pieces)) == [{"a": 1}, {"b": "ä"}, {"c": 3}]


def test_body_in_pieces(fake: Make) -> None:
    engine = fake(OK + b"Content-Length: 0\r\n\r\n")
    client = api.Client(engine)
    answer = client.request("PUT", "/x", {}, iter([b"abc", b"", b"de"]))
    answer.body()
    assert engine.request().endswith(b"\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    answer.connection.close()


def test_addresses() -> None:
    assert address.Address("unix:///x").place == "/x"
    assert address.Address("tcp://[::1]:99").host_and_port() == ("::1", 99)
    assert address.Address("tcp://name").host_and_port() == ("name", 2375)
    with pytest.raises(address.BadAddress, match="invalid bind address format: foo://x"):
        address.Address("foo://x")


def test_nobody_there(tmp_path: Any) -> None:
    where = f"unix://{tmp_path}/none"
    with pytest.raises(connection.ConnectionFailed) as caught:
        api.Client(address.Address(where)).get("/x")
    assert str(caught.value) == f"Cannot connect to the Docker daemon at {where}. Is the docker daemon running?"


def test_many_pieces_do_not_wait_for_each_other() -> None:
    ours, theirs = socket.socketpair()
    link = connection.Connection.__new__(connection.Connection)
    link.socket, link.ahead = ours, b""
    got: list[bytes] = []

    def read() -> None:
        while data := theirs.recv(65536):
            got.append(data)

    reader = threading.Thread(target=read)
    reader.start()
    link.send_pieces(b"x" * 100_000 for _ in range(20))
    ours.close()
    reader.join()
    theirs.close()
    assert b"".join(got).count(b"x") == 2_000_000
