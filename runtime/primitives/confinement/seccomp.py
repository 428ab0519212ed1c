"""Seccomp: a program in the kernel that looks at every system call before it is made.

The program is classic BPF, the language of packet filters: it reads the call's number, the machine's calling
convention and the arguments (not what they point to), and answers allow, an error number, or death. It is loaded
once, inherited by every child and by every program they execute, and cannot be taken off again (seccomp(2)).
Loading takes CAP_SYS_ADMIN, or the promise never to gain rights by execve (`no_new_privs`, prctl(2)).

By hand:

    grep Seccomp /proc/self/status                 # 2: filtered
    docker run --rm busybox unshare -m true        # Operation not permitted: the filter's answer
    docker run --security-opt seccomp=unconfined … # or seccomp=profile.json

The rules are data (profile.py), libseccomp turns them into BPF once (compiler.py), the bytes are kept on disk
by digest. This file has the part that the interpreter needs; only the standard library is used.
"""

from __future__ import annotations

import ctypes

from ...kernel import syscalls

_SET_MODE_FILTER = 1  # linux/seccomp.h
INSTRUCTION = 8  # bytes of one struct sock_filter
MOST_INSTRUCTIONS = 4096  # BPF_MAXINSNS


class _Program(ctypes.Structure):
    """struct sock_fprog: how many instructions, and where."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def load(program: bytes) -> None:
    """Put this thread, and all it will ever start, behind the filter."""
    if not program or len(program) % INSTRUCTION or len(program) > MOST_INSTRUCTIONS * INSTRUCTION:
        raise ValueError(f"not a filter program: {len(program)} bytes")
    description = _Program(len(program) // INSTRUCTION, program)
    syscalls.syscall("seccomp", _SET_MODE_FILTER, 0, ctypes.byref(description))
