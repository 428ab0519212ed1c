"""Process 1 of `docker run --init`: runs the program as a child, passes signals on and reaps orphans.

Process 1 of a pid namespace gets no default signal action and inherits every orphan (pid_namespaces(7)); most
programs expect neither. This one does both and nothing else, after it has dropped everything the program may
not have.
"""

from __future__ import annotations

import os
import signal

from ..kernel import title

TITLE = "/sbin/docker-init"
_NOT_FORWARDED = {signal.SIGCHLD, signal.SIGKILL, signal.SIGSTOP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGSEGV}


def prepare(arguments: list[str]) -> None:
    """Fork: the child goes on with the plan and becomes the program, the parent stays as process 1."""
    wanted = set(signal.valid_signals()) - _NOT_FORWARDED
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted | {signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, wanted | {signal.SIGCHLD})
        os.setpgid(0, 0)
        _foreground()
        return
    _close_files()
    title.show([TITLE, "--", *arguments])
    _serve(child, wanted)


def _foreground() -> None:
    try:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(0, os.getpid())
    except OSError:  # no terminal
        pass
    finally:
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)


def _close_files() -> None:
    """Keep only 0, 1 and 2: the program's end of the daemon's link must be the last one."""
    os.closerange(3, 1 << 10)


def _serve(child: int, wanted: set[signal.Signals]) -> None:
    while True:
        number = signal.sigwait(wanted | {signal.SIGCHLD})
        if number != signal.SIGCHLD:
            os.kill(child, number)
            continue
        status = _reap(child)
        if status is not None:
            os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))


def _reap(child: int) -> int | None:
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == child:
            found = status
