"""The interpreter: executes a plan in the process that becomes the container.

Protocol (a SOCK_SEQPACKET pair to the daemon, one JSON object a message):

    daemon -> us   {"operations": […], "files": […names…]} + those descriptors      any number of times
    us -> daemon   {"terminal": path} + the master's descriptor                      when the plan has a terminal
    us -> daemon   {"timings": [milliseconds per operation so far]}                  before the last operation
    us -> daemon   {"error": text, "code": 125…127, "operation": n} or {"result": …}
    end of file    after timings without an error: execve(2) closed our end, the program runs

The plan may come in two parts: what every container needs is done ahead of time while nobody waits, and the
process then sleeps in `receive` until a container wants it. Silence from the daemon (end of file) ends us.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable
from typing import Any

from ..kernel import syscalls
from . import calls, channel, mounting, process
from .context import Context, Failure, identity

JSON = dict[str, Any]

OPERATIONS: dict[str, Callable[..., Any]] = {
    "bind": mounting.bind,
    "become": process.become,
    "call": calls.call,
    "cgroup": process.cgroup,
    "chroot": mounting.chroot,
    "device": mounting.device,
    "execute": process.execute,
    "filter": process.filter_calls,
    "hostname": process.hostname,
    "join": process.join,
    "link": mounting.link,
    "mask": mounting.mask,
    "mount": mounting.mount,
    "no new privileges": process.no_new_privileges,
    "overlay": mounting.overlay,
    "pivot": mounting.pivot,
    "propagate": mounting.propagate,
    "protect": mounting.protect,
    "read only": mounting.read_only,
    "reap": process.reap,
    "rlimit": process.rlimit,
    "root": mounting.root,
    "session": process.session,
    "stdio": process.stdio,
    "terminal": process.terminal,
    "unshare": process.unshare,
    "user": process.user,
    "workdir": process.workdir,
    "write": process.write,
}
LAST = ("execute", "call")  # what ends the interpretation


def main(link: socket.socket, own_program: tuple[int, int] | None = None) -> None:
    """Interpret plans from `link` until the program runs or something fails; never returns."""
    code = 125
    try:
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)  # not to be looked into from inside the container (iso-20)
        context = Context(link, own_program=own_program or identity("/proc/self/exe"))
        timings: list[float] = []
        while True:
            message, fds = channel.receive(link)
            context.files.update(zip(message.get("files", ()), fds, strict=True))
            for operation in message["operations"]:
                _run(context, operation, timings)
    except channel.Closed:
        pass
    except BaseException as error:  # reported to the daemon, then this process is over
        code = _report(link, error, len(timings))
    finally:
        os._exit(code)


def _run(context: Context, operation: JSON, timings: list[float]) -> None:
    arguments = dict(operation)
    name = arguments.pop("op")
    if name in LAST:
        channel.send(context.link, {"timings": timings})
    began = time.perf_counter()
    result = OPERATIONS[name](context, **arguments)
    timings.append(round((time.perf_counter() - began) * 1000, 3))
    if name == "call":
        channel.send(context.link, {"result": result})
        os._exit(0)


def _report(link: socket.socket, error: BaseException, number: int) -> int:
    code = error.code if isinstance(error, Failure) else 125
    text = str(error) if isinstance(error, Failure) else _explain(error)
    with contextlib.suppress(OSError):  # the daemon is gone: nobody is left to tell
        channel.send(link, {"error": text, "code": code, "operation": number})
    return code


def _explain(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error}: unknown"
    return f"{type(error).__name__}: {error}: unknown"
