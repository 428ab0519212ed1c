"""Terminals: the wire between a keyboard and a program, and how a container gets one.

A pseudo-terminal is a pair of descriptors. Who holds the *master* plays the keyboard and the screen (docklab's
monitor, and through it the client); the other end, /dev/pts/N, is what the program has as 0, 1 and 2. Between the
two sits the line discipline: it echoes, turns ^C into SIGINT for the foreground job, joins lines. That is what
`docker run -t` adds; `-i` only keeps standard input open, and without `-t` there are three pipes.

A terminal belongs to one session, whose leader took it as its *controlling terminal*; without that `sh` says
"can't access tty; job control turned off". A container mounts a devpts of its own, so that its terminals are
numbered from 0 and no other's can be opened.

By hand:

    tty; stty -a; stty raw -echo             mine, and its line discipline
    script -qc 'tty' /dev/null               a new one around a command
    docker run -t busybox tty                /dev/pts/0

The size is part of the terminal: `docker` reports a change of its own by SIGWINCH and passes it on
(POST /containers/ID/resize).

Manual: pty(7), tty_ioctl(4), termios(3), credentials(7) (sessions), ioctl_tty(2).
"""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from typing import NamedTuple

_SIZE = struct.Struct("HHHH")  # struct winsize: rows, columns, and pixels that nobody sets
_UNLOCK, _NUMBER = 0x40045431, 0x80045430  # TIOCSPTLCK, TIOCGPTN: asm-generic/ioctls.h


class Size(NamedTuple):
    """A terminal's size in characters."""

    rows: int
    columns: int


def open_pair(devpts: str = "/dev/pts") -> tuple[int, str]:
    """Open a new pseudo-terminal of a devpts: the master's descriptor and the path of the other end (pty(7))."""
    master = os.open(f"{devpts}/ptmx", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        fcntl.ioctl(master, _UNLOCK, struct.pack("i", 0))
        number = struct.unpack("i", fcntl.ioctl(master, _NUMBER, bytes(4)))[0]
    except OSError:
        os.close(master)
        raise
    return master, f"{devpts}/{number}"


def take(path: str) -> None:
    """Make the terminal at `path` this session's controlling terminal and its 0, 1 and 2 (setsid(2) comes first)."""
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)
    for standard in (0, 1, 2):
        os.dup2(fd, standard, inheritable=True)
    if fd > 2:
        os.close(fd)


def size(fd: int) -> Size:
    """Give a terminal's size; OSError when `fd` is none."""
    rows, columns, _x, _y = _SIZE.unpack(fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(_SIZE.size)))
    return Size(rows, columns)


def resize(fd: int, new: Size) -> None:
    """Set a terminal's size; the kernel sends SIGWINCH to the foreground job when it differs."""
    fcntl.ioctl(fd, termios.TIOCSWINSZ, _SIZE.pack(new.rows, new.columns, 0, 0))


def is_foreground(fd: int, group: int) -> bool:
    """Say whether a process group is the one that gets the terminal's keys."""
    return os.tcgetpgrp(fd) == group
