"""Columns of ps and counters of the network, from text."""

from __future__ import annotations

import pytest

from runtime.engine import stats
from runtime.errors import EngineError

PS = """UID          PID    PPID  C STIME TTY          TIME CMD
root           1       0  0 10:00 ?        00:00:01 /sbin/init splash
root        4242       1  0 10:01 ?        00:00:00 sleep 100 and  more
app         4300    4242  0 10:01 pts/0    00:00:00 sh
"""
THREADS = """PID TID CMD
10 - shell
- 10 -
- 11 -
20 - other
- 20 -
"""
NET = """Inter-|   Receive                                                |  Transmit
 face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed
    lo:     100       2    0    0    0     0  0  0      100       2    0    0    0     0       0  0
  eth0:    1016      12    1    2    0     0  0  0      826      11    3    4    0     0       0  0
"""


def test_only_the_containers_processes_are_listed() -> None:
    found = stats.table(PS, {4242, 4300})
    assert found["Titles"] == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert [words[1] for words in found["Processes"]] == ["4242", "4300"]


def test_the_last_column_keeps_its_words() -> None:
    assert stats.table(PS, {4242})["Processes"][0][-1] == "sleep 100 and more"


def test_threads_follow_their_process() -> None:
    assert [words[1] for words in stats.table(THREADS, {10})["Processes"]] == ["-", "10", "11"]


@pytest.mark.parametrize("output", ["", "CMD\nsh\n"])
def test_output_without_pids_is_refused(output: str) -> None:
    with pytest.raises(EngineError, match="Couldn't find PID field in ps output"):
        stats.table(output, {1})


def test_counters_of_interfaces_but_lo() -> None:
    assert stats.interfaces(NET.splitlines()) == {
        "eth0": {
            "rx_bytes": 1016, "rx_packets": 12, "rx_errors": 1, "rx_dropped": 2,
            "tx_bytes": 826, "tx_packets": 11, "tx_errors": 3, "tx_dropped": 4,
        }
    }  # fmt: skip
