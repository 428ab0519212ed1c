"""docklabd's command line and its lock, without an engine."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import pytest

from runtime import daemon


def test_flags_of_dockerd() -> None:
    line = (
        "--data-root /d --exec-root=/e -H unix:///s.sock --pidfile /p --bip 10.0.0.1/24 --insecure-registry a:1 "
        "--insecure-registry b:2 --live-restore -D --cgroup-parent x"
    )
    settings, level = daemon.parse(line.split())
    assert settings.data_root == Path("/d")
    assert settings.hosts == ("unix:///s.sock",)
    assert settings.insecure_registries == ("a:1", "b:2")
    assert (settings.live_restore, settings.debug, settings.cgroup_parent, level) == (True, True, "x", "debug")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("-H tcp://0.0.0.0:2375", "--tlsverify"),
        ("-H tcp://0.0.0.0:2376 --tlsverify", "--tlscert"),
        ("-H tcp://0.0.0.0:2376 --tlsverify --tlscert a --tlskey b", "--tlscacert"),
        ("--bip nonsense", "--bip"),
        (f"--exec-root /{'x' * 100}", "too long"),
    ],
)
def test_what_cannot_work_is_refused(line: str, says: str) -> None:
    with pytest.raises(daemon.Fatal, match=says):
        daemon.parse(line.split())


def test_plain_tcp_has_to_be_asked_for() -> None:
    settings, _ = daemon.parse(["-H", "tcp://127.0.0.1:2375", "--tls=false"])
    assert not settings.tls


def test_unknown_flag_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        daemon.parse(["--nope"])
    assert end.value.code == 125
    assert "--nope" in capsys.readouterr().err


def test_the_second_daemon_on_a_data_root_says_so(tmp_path: Path) -> None:
    refused = pytest.raises(daemon.Fatal, match=f"process {os.getpid()}")
    with daemon._locked(tmp_path), refused, daemon._locked(tmp_path):
        pytest.fail("two daemons")
    with daemon._locked(tmp_path):
        assert (tmp_path / "lock").read_text().strip() == str(os.getpid())


def test_a_log_entry_is_one_line() -> None:
    form = daemon._OneLine("msg=%(message)s")
    record = logging.LogRecord("x", logging.INFO, "", 0, "name a\ntime=x level=fatal\x1b[31m", None, None)
    assert "\n" not in form.format(record)
    assert "\x1b" not in form.format(record)
    try:
        raise ValueError("one\ntwo")
    except ValueError:
        record.exc_info = sys.exc_info()
    assert all(line.startswith(("msg=", "    ")) for line in form.format(record).split("\n"))
