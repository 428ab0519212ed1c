"""Messages with descriptors between the daemon, the zygote, the monitors and the interpreters.

One message is one JSON object and up to a few open files, over a unix(7) SOCK_SEQPACKET pair: boundaries are
kept, and end of file says that the other side is gone. Only the standard library, because the zygote imports it.
"""

from __future__ import annotations

import array
import json
import socket
from typing import Any

JSON = dict[str, Any]
SO_SNDBUFFORCE = 32  # socket(7): past net.core.wmem_max, with CAP_NET_ADMIN
MAX_FDS = 16
LARGEST = 4 << 20  # bytes of one message: arguments and environment of execve(2) end at 2 MiB


class Closed(Exception):
    """The other side is gone."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Make two connected ends."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in ends:
        try:
            end.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, LARGEST)
        except PermissionError:  # not root: what net.core.wmem_max allows
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGEST)
    return ends


def send(sock: socket.socket, message: JSON, fds: tuple[int, ...] = ()) -> None:
    """Send one message; OSError when the other side is gone."""
    send_encoded(sock, json.dumps(message, separators=(",", ":")).encode(), fds)


def send_encoded(sock: socket.socket, data: bytes, fds: tuple[int, ...] = ()) -> None:
    """Send one message that is JSON already; the encoder alone would cost a monitor 300 KiB of memory of its own."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    sock.sendmsg([data], rights, socket.MSG_NOSIGNAL)


def receive(sock: socket.socket) -> tuple[JSON, list[int]]:
    """Receive one message with its descriptors (close-on-exec); Closed at end of file."""
    try:
        data, ancillary, _flags, _address = sock.recvmsg(
            LARGEST, socket.CMSG_SPACE(MAX_FDS * 4), socket.MSG_CMSG_CLOEXEC
        )
    except ConnectionResetError as error:
        raise Closed from error
    if not data:
        raise Closed
    fds = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
    return json.loads(data), list(fds)
