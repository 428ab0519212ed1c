"""A static program small enough to read byte by byte.

hello-world needs a program that runs with nothing else in the image: no shell, no C library. Two system calls do:
write(1, text, length) and exit(0). This file spells them in machine code and puts the ELF header (elf(5)) in front.
`objdump -D -b binary -m i386:x86-64 FILE` shows the same instructions again.
"""
from __future__ import annotations

import struct
from collections.abc import Callable

HEADER, SEGMENT = 64, 56  # sizes of Elf64_Ehdr and Elf64_Phdr
BASE = 0x400000  # where the kernel maps the file
PAGE = 0x10000  # the largest page size of the two machines


def _x86_64(length: int) -> bytes:
    """Return write and exit for x86-64; the text follows directly."""
    tail = b"\xba" + struct.pack("<I", length)  # mov edx, length
    tail += b"\x0f\x05"  # syscall
    tail += b"\xb8\x3c\x00\x00\x00\x31\xff\x0f\x05"  # mov eax, 60 (exit); xor edi, edi; syscall
    head = b"\xb8\x01\x00\x00\x00"  # mov eax, 1 (write)
    head += b"\xbf\x01\x00\x00\x00"  # mov edi, 1 (standard output)
    return head + b"\x48\x8d\x35" + struct.pack("<i", len(tail)) + tail  # lea rsi, [rip + to the text]


def _aarch64(length: int) -> bytes:
    """Return write and exit for arm64; the text follows directly."""
    def movz(register: int, value: int) -> int:
        return 0xD2800000 | value << 5 | register

    svc, size = 0xD4000001, 8 * 4
    distance = size - 4  # adr counts from its own place, the second instruction
    adr = 0x10000000 | (distance & 3) << 29 | (distance >> 2) << 5 | 1
    words = [movz(0, 1), adr, movz(2, length), movz(8, 64), svc, movz(0, 0), movz(8, 93), svc]
    return struct.pack(f"<{len(words)}I", *words)


MACHINES: dict[str, tuple[int, Callable[[int], bytes]]] = {"x86_64": (62, _x86_64), "aarch64": (183, _aarch64)}


def printer(text: bytes, machine: str) -> bytes:
    """Return an executable for `machine` that prints `text` and exits with 0."""
    number, assemble = MACHINES[machine]
    body = assemble(len(text)) + text
    size = HEADER + SEGMENT + len(body)
    ident = b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8)  # 64 bits, little end first, version 1, System V
    header = ident + struct.pack(
        "<HHIQQQIHHHHHH", 2, number, 1, BASE + HEADER + SEGMENT, HEADER, 0, 0, HEADER, SEGMENT, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, PAGE)  # PT_LOAD, readable and executable
    return header + segment + body
