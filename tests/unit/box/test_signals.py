"""A container's program starts with the signals as execve(2) expects them, whatever Python ignores."""

from __future__ import annotations

import os
import signal

from runtime.box import process


def test_what_python_ignores_is_not_handed_on() -> None:
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        process._default_signals()
        ignored = [number for number in signal.valid_signals() if signal.getsignal(number) is signal.SIG_IGN]
        os._exit(1 if ignored or signal.pthread_sigmask(signal.SIG_BLOCK, ()) else 0)
    _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
