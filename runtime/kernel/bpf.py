"""Load a BPF program and attach it to a control group (bpf(2))."""

from __future__ import annotations

import ctypes
import errno
import os

from . import syscalls

# linux/bpf.h
BPF_PROG_LOAD = 5
BPF_PROG_ATTACH = 8
BPF_PROG_TYPE_CGROUP_DEVICE = 15
BPF_CGROUP_DEVICE = 6
BPF_F_ALLOW_MULTI = 2

_INSTRUCTION = 8  # bytes


class _Load(ctypes.Structure):
    _fields_ = (
        ("prog_type", ctypes.c_uint32),
        ("insn_cnt", ctypes.c_uint32),
        ("insns", ctypes.c_uint64),
        ("license", ctypes.c_uint64),
        ("log_level", ctypes.c_uint32),
        ("log_size", ctypes.c_uint32),
        ("log_buf", ctypes.c_uint64),
    )


class _Attach(ctypes.Structure):
    _fields_ = (
        ("target_fd", ctypes.c_uint32),
        ("attach_bpf_fd", ctypes.c_uint32),
        ("attach_type", ctypes.c_uint32),
        ("attach_flags", ctypes.c_uint32),
    )


def load_device_program(code: bytes) -> int:
    """Load a program of the kind that is asked about devices and give its descriptor."""
    program, terms = ctypes.create_string_buffer(code), ctypes.create_string_buffer(b"Apache-2.0")
    attributes = _Load(
        prog_type=BPF_PROG_TYPE_CGROUP_DEVICE,
        insn_cnt=len(code) // _INSTRUCTION,
        insns=ctypes.addressof(program),
        license=ctypes.addressof(terms),
    )
    while True:
        try:
            return syscalls.syscall("bpf", BPF_PROG_LOAD, ctypes.byref(attributes), ctypes.sizeof(attributes))
        except OSError as error:  # the verifier was interrupted by a signal (bpf(2))
            if error.errno != errno.EAGAIN:
                raise


def attach_device_program(group: str, program: int) -> None:
    """Let the control group at `group` (a version 2 folder) ask the program from now on."""
    folder = os.open(group, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        attributes = _Attach(folder, program, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI)
        syscalls.syscall("bpf", BPF_PROG_ATTACH, ctypes.byref(attributes), ctypes.sizeof(attributes))
    finally:
        os.close(folder)
