"""The zygote: a small single-threaded interpreter that forks one monitor per container.

The daemon has threads and an event loop, so it never forks: between fork and exec only async-signal-safe calls
are allowed there (fork(2)), and Python makes none of that promise. Starting a fresh interpreter per container
costs some 20 ms. So one is started once, with everything imported, and forked: a millisecond.

It executes from a read-only clone of the mount that holds the interpreter, so that no container can write to
the program file through /proc/PID/exe (CVE-2019-5736).

Protocol: daemon -> us {"new pid": bool} + [monitor's link, interpreter's link, pid namespace?]; no answer, the
monitor answers. End of file ends us.
"""

from __future__ import annotations

import codecs
import gc
import importlib
import importlib.machinery
import os
import signal
import socket
import sys

from ..kernel import syscalls
from ..primitives import cgroups
from . import calls, channel, monitor

TITLE_ROOM = "-" * 200  # the command line can be renamed up to its first length


def sealed_program() -> str:
    """Give a path of this interpreter's program on a read-only mount of its own; the plain path where that fails."""
    program = os.path.realpath(sys.executable)
    try:
        fd = syscalls.open_tree(program, syscalls.OPEN_TREE_CLONE | syscalls.OPEN_TREE_CLOEXEC)
        syscalls.mount_setattr(fd, set_attributes=syscalls.MOUNT_ATTR_RDONLY)
    except OSError:  # not root, or a kernel before 5.12
        return program
    os.set_inheritable(fd, True)
    return f"/proc/self/fd/{fd}"


def serve(daemon: socket.socket) -> None:
    """Fork a monitor for each request until the daemon is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # monitors are reaped by the kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # control-C at the daemon's terminal is the daemon's
    gc.disable()
    gc.freeze()  # keep the shared pages shared
    while True:
        try:
            request, fds = channel.receive(daemon)
        except channel.Closed:
            return
        if os.fork() == 0:
            daemon.close()
            _become_monitor(request["new pid"], fds)
        for fd in fds:
            os.close(fd)


def _import_no_more() -> None:
    """Forget where modules come from: after pivot_root the search would lead into the image (CVE-2019-14271).

    Codecs are loaded on first use, so that has to be before.
    """
    for name in ("ascii", "latin-1", "utf-8"):
        codecs.lookup(name)
    own = (importlib.machinery.BuiltinImporter, importlib.machinery.FrozenImporter)
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder in own]
    sys.path.clear()
    sys.path_importer_cache.clear()


def _become_monitor(new_pid: bool, fds: list[int]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    link, box = socket.socket(fileno=fds[0]), socket.socket(fileno=fds[1])
    monitor.main(link, box, fds[2] if len(fds) > 2 else None, new_pid=new_pid)


def launch(descriptor: int, paths: list[str], functions: str) -> None:
    """Start again from the sealed program, then serve; the arguments come from `runtime.box.spawn`."""
    start = f"from runtime.box import zygote; zygote.main({descriptor}, {functions!r})"
    code = f"import sys; sys.path += {paths!r}; {start}"
    os.set_inheritable(descriptor, True)
    os.execve(sealed_program(), [os.path.realpath(sys.executable), "-SI", "-c", code, TITLE_ROOM], dict(os.environ))


def main(descriptor: int, functions: str) -> None:
    """Serve the daemon behind an inherited socket; `functions` names a module whose functions plans may call."""
    os.set_inheritable(descriptor, False)
    os.closerange(3, descriptor)  # the sealed program's mount came along: no container may have it
    os.closerange(descriptor + 1, 1 << 10)
    syscalls.set_name("docklab-zygote")
    os.chdir("/")
    os.umask(0o022)
    cgroups.mounted()  # found once, for all that are forked from here
    if functions:
        calls.offer(importlib.import_module(functions).FUNCTIONS)
    _import_no_more()
    serve(socket.socket(fileno=descriptor))
