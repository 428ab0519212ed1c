"""Processes by descriptor: a pid can be reused by another process, a pidfd cannot (pidfd_open(2), Linux 5.3)."""

from __future__ import annotations

import asyncio
import os
import select
import signal


def alive(fd: int) -> bool:
    """Say whether the process behind a pidfd still runs (it polls readable once it is dead)."""
    return not select.select([fd], [], [], 0)[0]


def send(fd: int, number: int) -> None:
    """Send a signal to the process behind a pidfd; ProcessLookupError when it is gone."""
    signal.pidfd_send_signal(fd, number)


async def wait(fd: int) -> None:
    """Wait until the process behind a pidfd is dead."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def ready() -> None:
        if not done.done():
            done.set_result(None)

    duplicate = os.dup(fd)  # the loop watches a descriptor once, and several may wait
    loop.add_reader(duplicate, ready)
    try:
        await done
    finally:
        loop.remove_reader(duplicate)
        os.close(duplicate)


def start_time(pid: int) -> int:
    """Give a process's start in clock ticks since boot (proc(5), stat field 22): with the pid an identity."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rsplit(")", 1)[1].split()[19])
