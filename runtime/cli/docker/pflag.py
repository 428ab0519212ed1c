"""Flags as Docker's client takes them (Go's pflag): `-itd`, `--rm=false`, `-p80:80`, `--`, flags after the image.

A `Flag` says name, kind and help; `parse` turns words into `Values`; `usages` writes the Options block of a help
text. Errors carry pflag's words. Kinds with a checker of their own (bytes, decimal, …) look it up in `flagtypes`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

LISTS = frozenset({"list", "map", "ulimit", "mount", "network", "gpu-request", "filter", "strings"})
TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class FlagError(Exception):
    """The command line is wrong; the message is pflag's."""


class HelpWanted(Exception):
    """The words contain --help."""


class Flag:
    """One flag: `kind` is what the help shows ("bool" shows nothing) and decides how a value is read."""

    __slots__ = ("check", "default", "hidden", "kind", "name", "others", "placeholder", "short", "shown", "usage")

    def __init__(
        self,
        name: str,
        usage: str,
        *,
        short: str = "",
        kind: str = "bool",
        default: Any = None,
        shown: str | None = None,
        hidden: bool = False,
        check: Callable[[str], Any] | None = None,
        placeholder: str | None = None,
        others: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.short = short
        self.kind = kind
        self.usage = usage
        self.default = DEFAULTS.get(kind) if default is None else default
        self.shown = shown
        self.hidden = hidden
        self.check = check
        self.placeholder = placeholder
        self.others = others

    def fresh(self) -> Any:
        """Give the value of a flag that nobody set."""
        return list(self.default or ()) if self.kind in LISTS else self.default


DEFAULTS: dict[str, Any] = {
    "bool": False,
    "string": "",
    "int": 0,
    "uint16": 0,
    "uint": 0,
    "bytes": 0,
    "decimal": 0,
    "duration": 0,
}


class Values(dict[str, "Any"]):
    """Flag values by name; `changed` names those that the user set."""

    def __init__(self, flags: Sequence[Flag]) -> None:
        super().__init__((flag.name, flag.fresh()) for flag in flags)
        self.changed: set[str] = set()


def parse(flags: Sequence[Flag], words: Sequence[str], *, interspersed: bool = True) -> tuple[Values, list[str]]:
    """Read flags from words; without `interspersed` the first word that is no flag ends them."""
    values = Values(flags)
    names = {name: flag for flag in flags for name in (flag.name, *flag.others)}
    shorts = {flag.short: flag for flag in flags if flag.short}
    rest: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word == "--":
            return values, rest + queue
        if word.startswith("--"):
            take_long(names, word, queue, values)
        elif word.startswith("-") and len(word) > 1:
            take_short(shorts, word, queue, values)
        elif interspersed:
            rest.append(word)
        else:
            return values, [word, *queue]
    return values, rest


def take_long(names: dict[str, Flag], word: str, queue: list[str], values: Values) -> None:
    """Take `--name`, `--name=value` or `--name value`."""
    name, equals, value = word[2:].partition("=")
    if not name or name.startswith("-"):
        raise FlagError(f"bad flag syntax: {word}")
    if name == "help":
        raise HelpWanted
    flag = names.get(name)
    if flag is None:
        raise FlagError(f"unknown flag: --{name}")
    if not equals and flag.kind == "bool":
        value = "true"
    elif not equals:
        if not queue:
            raise FlagError(f"flag needs an argument: --{name}")
        value = queue.pop(0)
    put(flag, value, values)


def take_short(shorts: dict[str, Flag], word: str, queue: list[str], values: Values) -> None:
    """Take `-itd`, `-p80:80`, `-p=80:80`, `-p 80:80`."""
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        flag = shorts.get(letter)
        if flag is None:
            if letter == "h":
                raise HelpWanted
            raise FlagError(f"unknown shorthand flag: '{letter}' in {word}")
        if letters.startswith("="):
            return put(flag, letters[1:], values)
        if flag.kind == "bool":
            put(flag, "true", values)
        elif letters or queue:
            return put(flag, letters or queue.pop(0), values)
        else:
            raise FlagError(f"flag needs an argument: '{letter}' in {word}")
    return None


def put(flag: Flag, text: str, values: Values) -> None:
    """Check a value and set it, or add it to a list."""
    try:
        value = read(flag, text)
    except ValueError as error:
        label = f"-{flag.short}, --{flag.name}" if flag.short else f"--{flag.name}"
        raise FlagError(f'invalid argument {quoted(text)} for "{label}" flag: {error}') from None
    if flag.kind == "strings":
        values[flag.name] += value
    elif flag.kind in LISTS:
        values[flag.name].append(value)
    else:
        values[flag.name] = value
    values.changed.add(flag.name)


def read(flag: Flag, text: str) -> Any:
    """Turn a flag's text into its value; ValueError has the reason."""
    if flag.check is not None:
        return flag.check(text)
    if flag.kind == "bool":
        if text not in TRUE | FALSE:
            raise ValueError(f"strconv.ParseBool: parsing {quoted(text)}: invalid syntax")
        return text in TRUE
    if flag.kind == "string":
        return text
    from . import flagtypes

    return flagtypes.READERS.get(flag.kind, str)(text)


def quoted(text: str) -> str:
    """Quote as Go's %q does for plain text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def usages(flags: Sequence[Flag], width: int, *, ordered: bool = True) -> str:
    """Write the lines of an Options block, wrapped to a terminal's width."""
    shown = [flag for flag in flags if not flag.hidden]
    if ordered:
        shown.sort(key=lambda flag: flag.name)
    heads = [label(flag) for flag in shown]
    column = max((len(head) for head in heads), default=0) + 3
    lines = [head.ljust(column) + wrap(tail(flag), column, width) for head, flag in zip(heads, shown, strict=True)]
    return "".join(line + "\n" for line in lines)


def label(flag: Flag) -> str:
    """Write `  -d, --detach` or `      --name string`."""
    start = f"  -{flag.short}, --{flag.name}" if flag.short else f"      --{flag.name}"
    kind = flag.placeholder if flag.placeholder is not None else flag.kind
    return start if kind in ("bool", "") else f"{start} {kind}"


def tail(flag: Flag) -> str:
    """Write a flag's help with its default, where it has one that is not empty."""
    if flag.shown is not None:
        return f"{flag.usage} (default {flag.shown})" if flag.shown else flag.usage
    if flag.kind == "bool" and flag.default:
        return f"{flag.usage} (default true)"
    if flag.kind == "string" and flag.default:
        return f"{flag.usage} (default {quoted(flag.default)})"
    if flag.kind == "int" and flag.default:
        return f"{flag.usage} (default {flag.default})"
    return flag.usage


def wrap(text: str, indent: int, width: int) -> str:
    """Break a help text into lines behind a column; a narrow terminal puts it below, at column 16."""
    start = ""
    room = width - indent
    if room < 24:
        indent = 16
        room = width - indent
        start = "\n" + " " * indent
    margin = "\n" + " " * indent
    if room < 24:
        return text.replace("\n", start)
    lines = []
    while True:
        line, text = cut(text, room - 5)
        lines.append(line.replace("\n", margin))
        if not text:
            return start + margin.join(lines)


def cut(text: str, room: int) -> tuple[str, str]:
    """Cut one line off a text; up to five more characters may stay rather than orphan a short word."""
    if room + 5 > len(text):
        return text, ""
    at = max(text.rfind(blank, 0, room) for blank in " \t\n")
    if at <= 0:
        return text, ""
    newline = text.rfind("\n", 0, room)
    if 0 < newline < at:
        at = newline
    return text[:at], text[at + 1 :]
