"""Progress: bars on a terminal, finished lines elsewhere, errors raised."""

from __future__ import annotations

import io

import pytest

from runtime.cli.docker import progress
from runtime.cli.docker.command import CliError

STEP = {"id": "abc", "status": "Loading layer", "progressDetail": {"current": 500, "total": 1000}}


def test_no_bars_without_a_terminal() -> None:
    out = io.StringIO()
    messages = [STEP, {"stream": "Loaded image: x\n"}, {"status": "Done", "id": "abc"}]
    progress.Display(out, terminal=False, width=200).show(messages)
    assert out.getvalue() == "Loaded image: x\nabc: Done\n"


def test_a_terminal_draws_over_the_line() -> None:
    out = io.StringIO()
    progress.Display(out, terminal=True, width=120).show([STEP, STEP])
    first, second = out.getvalue().split("\n")[1].split("\r\x1b[1B")[:2]
    assert first == second == "\x1b[1A\x1b[2K\rabc: Loading layer [" + "=" * 25 + ">" + " " * 25 + "]     500B/1kB"


def test_extras_come_back() -> None:
    assert progress.Display(io.StringIO(), terminal=False, width=80).show([{"aux": {"ID": "x"}}]) == [{"ID": "x"}]


def test_errors() -> None:
    with pytest.raises(CliError) as caught:
        progress.show([{"error": "e", "errorDetail": {"message": "it broke", "code": 7}}], out=io.StringIO())
    assert (caught.value.message, caught.value.code) == ("it broke", 7)
