"""Sockets: modes, stale files, living daemons."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from runtime.http import listeners
from runtime.http.messages import Request, Response


async def hello(_request: Request) -> Response:
    """Answer."""
    return Response(200, b"hello")


async def get(path: Path) -> bytes:
    """Ask once."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    return answer


def test_unix_socket_has_mode_0660_and_serves(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = tmp_path / "folder" / "s.sock"
        one = listeners.unix(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert one.local
        task = asyncio.create_task(listeners.serve([one], hello))
        answers = await asyncio.gather(*(get(path) for _ in range(20)))
        assert all(answer.endswith(b"hello") for answer in answers)
        with pytest.raises(OSError, match="running daemon"):
            listeners.unix(path)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(scenario())


def test_a_stale_socket_is_replaced_and_a_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    listeners.unix(path).socket.close()
    listeners.unix(path).socket.close()
    other = tmp_path / "file"
    other.write_text("precious")
    with pytest.raises(OSError, match="not a socket"):
        listeners.unix(other)
    assert other.read_text() == "precious"
