"""The end of the daemon: who is worth waiting for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from runtime.engine import restore
from runtime.model.container import Container, State
from runtime.model.states import Status


def of_this_process(stop_signal: str) -> Container:
    """Make a container whose process 1 is this process."""
    state = State(Status.RUNNING, pid=os.getpid())
    return Container("a" * 64, "x", "", "", {}, {"StopSignal": stop_signal}, {"PidMode": ""}, state)


@pytest.fixture
def handled() -> Iterator[None]:
    """Handle one signal while a test runs."""
    before = signal.signal(signal.SIGUSR2, lambda *_: None)
    yield
    signal.signal(signal.SIGUSR2, before)


@pytest.mark.usefixtures("handled")
def test_a_signal_with_a_handler_is_heard_and_one_without_is_not() -> None:
    assert restore.hears_signal(of_this_process("SIGUSR2"))
    assert not restore.hears_signal(of_this_process("SIGUSR1"))
    assert restore.hears_signal(of_this_process("SIGKILL"))
