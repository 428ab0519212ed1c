"""Start processes in boxes: the daemon's side of zygote, monitor and interpreter.

    spawner.box()  ──▶ zygote forks monitor, monitor forks interpreter      (no answer needed from the zygote)
    box.prepare()  ──▶ the interpreter runs what every container needs      (ahead of time, nobody waits)
    box.run()      ──▶ the rest of the plan; one report back; silence then end of file means "it runs"
    box.watch()    ──▶ the monitor keeps it: log, terminal, exit status

Design note. Source of truth: the kernel (is the process alive) and the monitor's exit file. Restart repairs
with `adopt`. Nothing here knows what a container is.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import EngineError, StartFailed
from ..kernel import pidfd
from . import channel
from .link import Link

JSON = dict[str, Any]
ROOT = str(Path(__file__).parents[2])


class MonitorLost(Exception):
    """The monitor died without saying how its container ended."""


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What came back of a plan: time of each operation in milliseconds, terminal's master, a call's result."""

    timings: tuple[float, ...] = ()
    terminal: int = -1
    result: Any = None


class Box:
    """One process that is, or is about to be, a container's; with its monitor."""

    def __init__(self, monitor: Link, interpreter: Link | None) -> None:
        self.pid = 0
        self._pidfd = -1
        self.monitor = monitor
        self._interpreter = interpreter

    async def ready(self) -> None:
        """Wait until the interpreter exists; sets `pid`."""
        try:
            message, _fds = await self.monitor.receive()
        except channel.Closed as error:
            raise EngineError("the container's monitor could not be started") from error
        self.identify(int(message["pid"]))

    def identify(self, pid: int) -> None:
        """Take the process that the monitor named; by descriptor, so that a reused pid is never signalled."""
        self.pid = pid
        with contextlib.suppress(ProcessLookupError):
            self._pidfd = os.pidfd_open(pid)

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._pidfd >= 0 and pidfd.alive(self._pidfd)

    def signal(self, number: int) -> None:
        """Send a signal to its process; ProcessLookupError when it is gone."""
        if self._pidfd < 0:
            raise ProcessLookupError(self.pid)
        pidfd.send(self._pidfd, number)

    def prepare(self, operations: Sequence[JSON], files: Mapping[str, int]) -> None:
        """Send the first part of a plan; its report comes with the rest."""
        assert self._interpreter is not None
        self._interpreter.send({"operations": list(operations), "files": list(files)}, tuple(files.values()))

    async def run(self, operations: Sequence[JSON], files: Mapping[str, int]) -> Report:
        """Send the rest of the plan and wait for its one outcome; StartFailed says why it did not run."""
        assert self._interpreter is not None
        with contextlib.suppress(OSError):  # it died in the first part: its report is waiting
            self.prepare(operations, files)
        timings: list[float] = []
        terminal, result, started = -1, None, False
        try:
            while True:
                message, fds = await self._interpreter.receive()
                if "error" in message:
                    raise StartFailed(message["error"], code=message["code"])
                terminal = fds[0] if "terminal" in message else terminal
                started = started or "timings" in message
                timings = message.get("timings", timings)
                result = message.get("result", result)
        except channel.Closed:
            if not started:
                raise StartFailed("the container's process died before it could be started", code=125) from None
            return Report(tuple(timings), terminal, result)
        except BaseException:
            if terminal >= 0:
                os.close(terminal)
            raise
        finally:
            self._interpreter.discard()

    def watch(self, watching: JSON, files: Mapping[str, int]) -> None:
        """Tell the monitor to keep the running container: its log, terminal or pipes, and exit status."""
        self.monitor.send({"watch": watching, "files": list(files)}, tuple(files.values()))

    def close_stdin(self) -> None:
        """Let go of the monitor's end of the container's standard input."""
        with contextlib.suppress(OSError):
            self.monitor.send({"close": "stdin"})

    async def exit(self) -> tuple[int, int]:
        """Wait for the end: exit code and time in ns; MonitorLost when the monitor died first."""
        try:
            while True:
                message, fds = await self.monitor.receive()
                for fd in fds:
                    os.close(fd)
                if "exit" in message:
                    self._forget_process()
                    return int(message["exit"]), int(message["at"])
        except channel.Closed:
            raise MonitorLost from None
        finally:
            self.monitor.discard()

    def discard(self) -> None:
        """Let go of a box; one that has not been told to run ends."""
        self.monitor.discard()
        self._forget_process()
        if self._interpreter is not None:
            self._interpreter.discard()

    def _forget_process(self) -> None:
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1


class Spawner:
    """The zygote's owner; starts it when it is first needed and again when it was killed."""

    def __init__(self, *, functions: str = "") -> None:
        self._functions = functions
        self._zygote: subprocess.Popen[bytes] | None = None
        self._sock: socket.socket | None = None

    def start(self) -> None:
        """Start the zygote."""
        ours, theirs = channel.pair()
        paths = [ROOT, *(path for path in sys.path if path.endswith("-packages"))]
        code = (
            f"import sys; sys.path += {paths!r}; from runtime.box import zygote; "
            f"zygote.launch({theirs.fileno()}, {paths!r}, {self._functions!r})"
        )
        program = os.path.realpath(sys.executable)
        command = [program, "-SI", "-c", code]
        self._zygote = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env={"PATH": os.defpath}, cwd="/"
        )
        theirs.close()
        self._sock = ours

    def stop(self) -> None:
        """End the zygote; the boxes that run stay."""
        if self._sock is not None and self._zygote is not None:
            self._sock.close()
            self._zygote.wait()
        self._sock = self._zygote = None

    def box(self, *, new_pid: bool = True, pid_namespace: int | None = None) -> Box:
        """Ask for a new box; its pid is known after `ready`."""
        ours, theirs = channel.pair()
        box_ours, box_theirs = channel.pair()
        fds = (theirs.fileno(), box_theirs.fileno(), *(() if pid_namespace is None else (pid_namespace,)))
        try:
            self._request({"new pid": new_pid}, fds)
        finally:
            theirs.close()
            box_theirs.close()
        return Box(Link(ours), Link(box_ours))

    def _request(self, message: JSON, fds: tuple[int, ...]) -> None:
        if self._sock is not None:
            try:
                channel.send(self._sock, message, fds)
            except BrokenPipeError:
                self.stop()
            else:
                return
        self.start()
        assert self._sock is not None
        channel.send(self._sock, message, fds)

    async def call(self, operations: Sequence[JSON], *, fds: Mapping[str, int] | None = None) -> Any:
        """Run a plan whose last operation is a `call` and give its result; EngineError says what failed."""
        box = self.box(new_pid=False)
        try:
            report = await box.run(operations, fds or {})
        except StartFailed as error:
            raise EngineError(error.message.removesuffix(": unknown")) from error
        finally:
            box.discard()
        return report.result


async def adopt(folder: Path) -> tuple[Box, int]:
    """Link up with a monitor that outlived the last daemon; with its standard input or terminal, or -1.

    OSError when there is none.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    directory = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        sock.connect(f"/proc/self/fd/{directory}/monitor.sock")
    except OSError:
        sock.close()
        raise
    finally:
        os.close(directory)
    box = Box(Link(sock), None)
    try:
        message, fds = await asyncio.wait_for(box.monitor.receive(), 5)
    except (channel.Closed, TimeoutError) as error:
        box.discard()
        raise ConnectionResetError("the monitor is gone") from error
    box.identify(int(message["pid"]))
    return box, fds[0] if fds else -1
