"""The monitor: one small process per container that outlives the daemon.

It is the parent of the container's process 1. It holds the container's end of things that must not go away
with the daemon (terminal master, standard input), copies output into the stream log, collects the exit status
and leaves it in a file. Forked from the zygote; no imports of its own.

Protocol (SOCK_SEQPACKET; the daemon is on the other side, the first link is inherited, later ones connect to
the socket in the container's run-time folder after a restart of the daemon):

    us -> daemon   {"pid": n}                                    the interpreter waits for its plan
    daemon -> us   {"watch": {folder, log, tty, …}, "files": […]} + descriptors   it runs; keep it
    daemon -> us   {"close": "stdin"}                            the attached client's input has ended
    us -> daemon   {"pid": n, "tty": bool} + stdin or master     greeting on a new link after a restart
    us -> daemon   {"exit": code, "at": ns}                      last message; also in folder/exit

Before "watch" the end of the link ends the interpreter and us: a daemon that dies during a start leaves nothing.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from typing import Any

from ..kernel import syscalls, title
from ..store import streams
from . import channel, context, init

JSON = dict[str, Any]
CHUNK = 1 << 16
PIPE_SIZE = 1 << 20


def main(link: socket.socket, box: socket.socket, pid_namespace: int | None, *, new_pid: bool) -> None:
    """Fork the interpreter and watch over it; never returns."""
    code = 1
    try:
        own_program = context.identity("/proc/self/exe")
        if pid_namespace is not None:
            syscalls.setns(pid_namespace, syscalls.CLONE_NEWPID)
        elif new_pid:
            syscalls.unshare(syscalls.CLONE_NEWPID)
        child = os.fork()
        if child == 0:
            link.close()
            init.main(box, own_program)
        box.close()
        Monitor(link, child).run()
        code = 0
    finally:
        os._exit(code)


class Monitor:
    """One container's keeper: a poll(2) loop over its output, its death and the daemon's link."""

    def __init__(self, link: socket.socket, child: int) -> None:
        self.link: socket.socket | None = link
        self.child = child
        self.pidfd = os.pidfd_open(child)
        self.watching: JSON | None = None
        self.outputs: dict[int, int] = {}  # descriptor -> stream number
        self.input = -1  # what the container reads: a pipe's writing end, or the terminal's master
        self.log: streams.Writer | None = None
        self.listener: socket.socket | None = None
        self.poll = select.poll()
        self.poll.register(self.pidfd, select.POLLIN)
        self.poll.register(link, select.POLLIN)

    def run(self) -> None:
        """Serve until the container's process is dead and its output is written."""
        self._tell(b'{"pid":%d}' % self.child)
        while True:
            for fd, _events in self.poll.poll():
                if fd in self.outputs:
                    self._copy(fd)
                elif fd == self.pidfd:
                    self._hear_out()
                    self._finish()
                    return
                elif self.link is not None and fd == self.link.fileno():
                    self._listen_to_daemon()
                elif self.listener is not None and fd == self.listener.fileno():
                    self._welcome()

    def _tell(self, message: bytes, fds: tuple[int, ...] = ()) -> None:
        if self.link is not None:
            try:
                channel.send_encoded(self.link, message, fds)
            except OSError:
                self._lose_link()

    def _lose_link(self) -> None:
        assert self.link is not None
        self.poll.unregister(self.link)
        self.link.close()
        self.link = None
        if self.watching is None:
            os.kill(self.child, signal.SIGKILL)

    def _listen_to_daemon(self) -> None:
        assert self.link is not None
        try:
            message, fds = channel.receive(self.link)
        except (channel.Closed, OSError):
            self._lose_link()
            return
        if "watch" in message:
            self._watch(message["watch"], dict(zip(message["files"], fds, strict=True)))
        elif message.get("close") == "stdin" and self.input >= 0:
            os.close(self.input)
            self.input = -1

    def _hear_out(self) -> None:
        """A program may end before its "watch" has been read: what it wrote is in the pipes that come with it."""
        while self.watching is None and self.link is not None:
            self._listen_to_daemon()

    def _watch(self, watching: JSON, files: dict[str, int]) -> None:
        self.watching = watching
        title.show(["docklab-monitor", watching.get("title", "")])
        self.input = files.pop("stdin", -1)
        if watching.get("log"):
            self.log = streams.Writer(watching["log"], **watching["rotation"])
        for name, fd in files.items():
            self.outputs[fd] = 2 if name == "stderr" else 1
            os.set_blocking(fd, False)
            self.poll.register(fd, select.POLLIN)
        if watching.get("folder"):
            self._open_door(watching["folder"])

    def _open_door(self, folder: str) -> None:
        """Listen in the run-time folder, by way of /proc/self/fd: a socket's path may have 107 bytes (unix(7))."""
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        directory = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        self.listener.bind(f"/proc/self/fd/{directory}/monitor.sock")
        os.close(directory)
        self.listener.listen(4)
        self.poll.register(self.listener, select.POLLIN)

    def _welcome(self) -> None:
        assert self.listener is not None
        fresh, _address = self.listener.accept()
        if self.link is not None:  # the newest daemon is the daemon
            self.poll.unregister(self.link)
            self.link.close()
        self.link = fresh
        self.poll.register(fresh, select.POLLIN)
        self._tell(b'{"pid":%d}' % self.child, (self.input,) if self.input >= 0 else ())

    def _copy(self, fd: int) -> bool:
        """Move one chunk of output into the log; say whether there was any."""
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return False
        except OSError:  # EIO: the terminal's other end is closed
            data = b""
        if not data:
            self.poll.unregister(fd)
            del self.outputs[fd]
            return False
        if self.log is not None:
            self.log.append(self.outputs[fd], time.time_ns(), data)
        return True

    def _finish(self) -> None:
        """Collect the status, write what output is left, leave the result where the daemon finds it."""
        _pid, status = os.waitpid(self.child, 0)
        at = time.time_ns()
        code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        for fd in list(self.outputs):
            while fd in self.outputs and self._copy(fd):
                pass
        result = b'{"exit":%d,"at":%d}' % (code, at)
        if self.watching and self.watching.get("folder"):
            self._leave(self.watching["folder"], result)
        self._tell(result)

    def _leave(self, folder: str, result: bytes) -> None:
        part = f"{folder}/.exit"
        with open(part, "wb") as file:
            file.write(result)
        os.rename(part, f"{folder}/exit")
