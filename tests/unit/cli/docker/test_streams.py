"""Attached streams: frames, detach keys, and a whole conversation over a socket pair."""

from __future__ import annotations

import os
import socket
import struct
import threading

import pytest

from runtime.cli.docker import frames, streams, terminal
from runtime.client.connection import Connection


def frame(stream: int, data: bytes) -> bytes:
    return struct.pack(">BxxxI", stream, len(data)) + data


class Kept(frames.Demultiplexer):
    """Keep what would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[int, bytes]] = []

    def write(self, stream: int, data: bytes) -> None:
        self.kept.append((stream, data))


@pytest.mark.parametrize("step", [1, 3, 7, 8, 9, 1000])
def test_frames_in_any_pieces(step: int) -> None:
    data = frame(1, b"one") + frame(2, b"bad") + frame(1, b"") + frame(1, b"two" * 50)
    sink = Kept()
    for at in range(0, len(data), step):
        sink.feed(data[at : at + step])
    assert b"".join(part for stream, part in sink.kept if stream == 1) == b"one" + b"two" * 50
    assert b"".join(part for stream, part in sink.kept if stream == 2) == b"bad"
    assert sink.rest == b""


def test_error_of_the_engine_in_the_stream() -> None:
    with pytest.raises(frames.StreamError, match="error from daemon in stream: broken"):
        frames.Demultiplexer().feed(frame(3, b"broken"))
    with pytest.raises(frames.StreamError, match="Unrecognized input header: 9"):
        frames.Demultiplexer().feed(frame(9, b"x"))


def test_detach_keys() -> None:
    keys = terminal.DetachKeys(terminal.parse_keys("ctrl-p,ctrl-q"))
    assert keys.feed(b"ab\x10\x11cd") == (b"ab", True)
    assert keys.feed(b"a\x10") == (b"a", False)
    assert keys.feed(b"\x11") == (b"", True)
    assert keys.feed(b"\x10x") == (b"\x10x", False)
    assert keys.feed(b"\x10\x10\x11") == (b"\x10", True)


def test_names_of_keys() -> None:
    assert terminal.parse_keys("a,b") == b"ab"
    assert terminal.parse_keys("ctrl-@,ctrl-\\") == b"\x00\x1c"
    for bad in ("", "ctrl-", "ctrl-A1", "shift-a"):
        with pytest.raises(ValueError, match="Unknown character"):
            terminal.parse_keys(bad)


def engine(link: socket.socket, said: list[bytes]) -> None:
    """Echo what comes as output until the input ends, then say goodbye on the other stream."""
    while data := link.recv(65536):
        said.append(data)
        link.sendall(frame(1, data))
    link.sendall(frame(2, b"bye"))
    link.close()


def test_conversation_with_more_data_than_any_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    said: list[bytes] = []
    server = threading.Thread(target=engine, args=(theirs, said))
    server.start()
    reader, writer = os.pipe()
    data = os.urandom(3_000_000)
    typist = threading.Thread(target=lambda: (frames.write_all(writer, data), os.close(writer)))
    typist.start()
    link = Connection.__new__(Connection)
    link.socket, link.ahead = ours, b""
    saved = os.dup(0)
    os.dup2(reader, 0)
    signals = streams.Signals()
    try:
        pump = streams.Pump(link, signals, tty=False, stdin=True, detach_keys=None)
        sink = Kept()
        monkeypatch.setattr(pump, "sink", sink)
        pump.run()
    finally:
        signals.close()
        os.dup2(saved, 0)
        for fd in (saved, reader):
            os.close(fd)
        server.join()
        typist.join()
    assert b"".join(said) == data
    assert b"".join(part for stream, part in sink.kept if stream == 1) == data
    assert sink.kept[-1] == (2, b"bye")
