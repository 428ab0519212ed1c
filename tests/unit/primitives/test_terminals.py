"""Pseudo-terminals: pairs, sizes, sessions."""

from __future__ import annotations

import os

import pytest

from runtime.primitives import terminals
from runtime.primitives.terminals import Size


def test_a_pair_carries_bytes_and_its_size() -> None:
    master, path = terminals.open_pair()
    slave = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        terminals.resize(master, Size(40, 132))
        assert terminals.size(slave) == Size(40, 132)
        os.write(slave, b"hello\n")
        assert os.read(master, 100) == b"hello\r\n"  # the line discipline at work
    finally:
        os.close(slave)
        os.close(master)


def test_a_pipe_has_no_size() -> None:
    reading, writing = os.pipe()
    with pytest.raises(OSError, match="Inappropriate ioctl"):
        terminals.size(reading)
    os.close(reading)
    os.close(writing)


def test_a_session_takes_a_terminal() -> None:
    master, path = terminals.open_pair()
    child = os.fork()
    if child == 0:
        os.setsid()
        terminals.take(path)
        os._exit(0 if terminals.is_foreground(0, os.getpgrp()) and os.ttyname(1) == path else 1)
    _pid, status = os.waitpid(child, 0)
    os.close(master)
    assert os.waitstatus_to_exitcode(status) == 0
