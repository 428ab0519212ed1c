"""The multiplexed stream: frames of stdout and stderr in one connection, back onto the two of ours."""

from __future__ import annotations

import os
import struct

HEADER = struct.Struct(">BxxxI")


class StreamError(Exception):
    """The engine reported an error inside the stream."""


class Demultiplexer:
    """Take bytes as they come, write payloads to their streams; neighbours of one stream are written together."""

    def __init__(self, stdout: int = 1, stderr: int = 2) -> None:
        self.targets = {0: stdout, 1: stdout, 2: stderr}
        self.rest = b""

    def feed(self, data: bytes) -> None:
        """Write the whole frames in what came so far."""
        data = self.rest + data if self.rest else data
        at, end = 0, len(data)
        current = -1
        pieces: list[bytes] = []
        while end - at >= 8:
            stream, length = HEADER.unpack_from(data, at)
            if end - at - 8 < length:
                break
            if stream != current and pieces:
                self.write(current, b"".join(pieces))
                pieces = []
            current = stream
            pieces.append(data[at + 8 : at + 8 + length])
            at += 8 + length
        if pieces:
            self.write(current, b"".join(pieces))
        self.rest = data[at:]

    def write(self, stream: int, data: bytes) -> None:
        """Write a payload to its stream."""
        if stream == 3:
            raise StreamError("error from daemon in stream: " + data.decode("utf-8", "replace"))
        if stream not in self.targets:
            raise StreamError(f"Unrecognized input header: {stream}")
        write_all(self.targets[stream], data)


class Plain:
    """A terminal's stream: everything is standard output."""

    def __init__(self, stdout: int = 1) -> None:
        self.stdout = stdout

    def feed(self, data: bytes) -> None:
        """Write what came."""
        write_all(self.stdout, data)


def write_all(fd: int, data: bytes) -> None:
    """Write everything."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
