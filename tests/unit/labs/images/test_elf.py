"""The program of hello-world, on this machine and, byte by byte, on the other."""

from __future__ import annotations

import platform
import struct
import subprocess
from pathlib import Path

import pytest

from labs.images import elf


@pytest.mark.parametrize("text", [b"x", b"hello\n" * 100], ids=["one byte", "many"])
def test_prints_its_text_and_exits_with_0(tmp_path: Path, text: bytes) -> None:
    program = tmp_path / "program"
    program.write_bytes(elf.printer(text, platform.machine()))
    program.chmod(0o755)
    done = subprocess.run([program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, text, b"")


@pytest.mark.parametrize(("machine", "number"), [("x86_64", 62), ("aarch64", 183)])
def test_header_names_the_machine_and_the_text_is_the_end(machine: str, number: int) -> None:
    program = elf.printer(b"the end", machine)
    assert struct.unpack_from("<HH", program, 16) == (2, number)
    assert program.endswith(b"the end")


def test_arm64_points_at_the_text() -> None:
    """adr x1 must give the address right behind the eighth instruction."""
    program = elf.printer(b"text", "aarch64")
    words = struct.unpack_from("<8I", program, elf.HEADER + elf.SEGMENT)
    adr = words[1]
    distance = ((adr >> 5) & 0x7FFFF) << 2 | (adr >> 29) & 3
    assert adr & 0x1F == 1
    assert 4 + distance == len(words) * 4
    assert words[2] == 0xD2800000 | 4 << 5 | 2
