"""Flags are read and shown as pflag does."""

from __future__ import annotations

import pytest

from runtime.cli.docker import pflag
from runtime.cli.docker.pflag import Flag

FLAGS = (
    Flag("detach", "Run container in background and print container ID", short="d"),
    Flag("env", "Set environment variables", short="e", kind="list"),
    Flag("interactive", "Keep STDIN open even if not attached", short="i"),
    Flag("memory", "Memory limit", short="m", kind="bytes"),
    Flag("network", "Connect a container to a network", kind="network", others=("net",)),
    Flag("rm", "Automatically remove the container and its associated anonymous volumes when it exits"),
    Flag("sig-proxy", "Proxy received signals to the process", default=True),
    Flag("tail", "Number of lines", short="n", kind="string", default="all"),
    Flag("tty", "Allocate a pseudo-TTY", short="t"),
)


def test_joined_switches() -> None:
    values, rest = pflag.parse(FLAGS, ["-itd", "busybox"])
    assert values["interactive"]
    assert values["tty"]
    assert values["detach"]
    assert rest == ["busybox"]


@pytest.mark.parametrize(
    "words", [["-m64m"], ["-m=64m"], ["-m", "64m"], ["--memory=64m"], ["--memory", "64m"], ["-im", "64m"]]
)
def test_ways_to_give_a_value(words: list[str]) -> None:
    values, _ = pflag.parse(FLAGS, words)
    assert values["memory"] == 64 << 20
    assert "memory" in values.changed


def test_false_and_defaults() -> None:
    values, _ = pflag.parse(FLAGS, ["--rm=false", "--sig-proxy=0"])
    assert values["rm"] is False
    assert values["sig-proxy"] is False
    assert values["tail"] == "all"
    assert pflag.parse(FLAGS, [])[0]["sig-proxy"] is True


def test_lists_do_not_leak_between_calls() -> None:
    assert pflag.parse(FLAGS, ["-e", "A=1", "--env", "B=2"])[0]["env"] == ["A=1", "B=2"]
    assert pflag.parse(FLAGS, [])[0]["env"] == []


def test_another_name() -> None:
    assert pflag.parse(FLAGS, ["--net", "host"])[0]["network"] == ["host"]


def test_flags_after_the_image_belong_to_the_command() -> None:
    values, rest = pflag.parse(FLAGS, ["-i", "busybox", "ls", "-t", "--rm"], interspersed=False)
    assert rest == ["busybox", "ls", "-t", "--rm"]
    assert not values["tty"]
    assert not values["rm"]
    values, rest = pflag.parse(FLAGS, ["a", "-t", "b"])
    assert rest == ["a", "b"]
    assert values["tty"]


def test_two_dashes_end_flags() -> None:
    assert pflag.parse(FLAGS, ["-i", "--", "-t"])[1] == ["-t"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--foo"], "unknown flag: --foo"),
        (["-Z"], "unknown shorthand flag: 'Z' in -Z"),
        (["-iZ"], "unknown shorthand flag: 'Z' in -iZ"),
        (["--env"], "flag needs an argument: --env"),
        (["-e"], "flag needs an argument: 'e' in -e"),
        (["--=x"], "bad flag syntax: --=x"),
        (["--rm=abc"], 'invalid argument "abc" for "--rm" flag: strconv.ParseBool: parsing "abc": invalid syntax'),
        (["-m", "xyz"], 'invalid argument "xyz" for "-m, --memory" flag: invalid size: \'xyz\''),
    ],
)
def test_errors(words: list[str], message: str) -> None:
    with pytest.raises(pflag.FlagError) as caught:
        pflag.parse(FLAGS, words)
    assert str(caught.value) == message


def test_help() -> None:
    for words in (["--help"], ["-h"], ["x", "--help"]):
        with pytest.raises(pflag.HelpWanted):
            pflag.parse(FLAGS, words)


def test_usages_wrap_behind_the_column() -> None:
    lines = pflag.usages(FLAGS, 79).splitlines()
    assert lines[0] == "  -d, --detach            Run container in background and print container ID"
    assert "      --network network   Connect a container to a network" in lines
    at = next(number for number, line in enumerate(lines) if "--rm " in line)
    assert lines[at + 1].startswith(" " * 26)
    assert lines[at + 1].strip()
    assert '(default "all")' in pflag.usages(FLAGS, 200)
    assert "(default true)" in pflag.usages(FLAGS, 200)
    assert all(len(line) <= 79 for line in lines)


def test_usages_on_a_narrow_terminal_go_below() -> None:
    assert "\n" + " " * 16 + "Run container" in pflag.usages(FLAGS[:1], 40)
