"""The command line's frame: global flags, the way to the command's module, help texts, errors and exit codes.

Only the module of the asked-for command is imported: start-up is the client's latency.
"""

from __future__ import annotations

import os
import sys

from . import pflag, tree
from .command import CliError, Command, check_arguments
from .context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

FLAG_ERROR = 125
VERSION = "28.2.2"

HOME = os.path.expanduser("~/.docker")
GLOBALS = (
    pflag.Flag("config", "Location of client config files", kind="string", shown=pflag.quoted(HOME)),
    pflag.Flag(
        "context",
        "Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set "
        'with "docker context use")',
        short="c",
        kind="string",
    ),
    pflag.Flag("debug", "Enable debug mode", short="D"),
    pflag.Flag("host", "Daemon socket to connect to", short="H", kind="list"),
    pflag.Flag(
        "log-level",
        'Set the logging level ("debug", "info", "warn", "error", "fatal")',
        short="l",
        kind="string",
        default="info",
    ),
    pflag.Flag("tls", "Use TLS; implied by --tlsverify"),
    pflag.Flag("tlscacert", "Trust certs signed only by this CA", kind="string", shown=pflag.quoted(HOME + "/ca.pem")),
    pflag.Flag("tlscert", "Path to TLS certificate file", kind="string", shown=pflag.quoted(HOME + "/cert.pem")),
    pflag.Flag("tlskey", "Path to TLS key file", kind="string", shown=pflag.quoted(HOME + "/key.pem")),
    pflag.Flag("tlsverify", "Use TLS and verify the remote"),
    pflag.Flag("version", "Print version information and quit", short="v"),
)
LEVELS = ("panic", "fatal", "error", "warn", "warning", "info", "debug", "trace")


def main(words: Sequence[str]) -> int:
    """Run one command line and give its exit code."""
    try:
        return dispatch(words)
    except CliError as error:
        sys.stdout.flush()
        if error.message:
            sys.stderr.write(error.message + "\n")
        return error.code
    finally:
        sys.stdout.flush()


def dispatch(words: Sequence[str]) -> int:
    """Read the global flags and go to the command."""
    try:
        options, rest = pflag.parse(GLOBALS, words, interspersed=False)
    except pflag.HelpWanted:
        return show(top_help())
    except pflag.FlagError as error:
        usage = "Usage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information"
        raise CliError(f"{error}\n\n{usage}", FLAG_ERROR) from None
    if options["version"]:
        return show(f"Docker version {VERSION}, build docklab\n")
    if options["log-level"] not in LEVELS:
        raise CliError(f"Unable to parse logging level: {options['log-level']}")
    if not rest:
        return show(top_help())
    if rest[0] == "help":
        return help_topic(rest[1:])
    return descend(Context(options), tree.TOP, "docker", rest)


def descend(context: Context, table: tree.Table, path: str, words: list[str]) -> int:
    """Follow words down the tree to a command and run it."""
    entry = table.find(words[0])
    if entry is None:
        raise CliError(unknown(table, path, words[0]))
    path = f"{path} {entry.name}"
    if isinstance(entry, tree.Table):
        if len(words) > 1 and not words[1].startswith("-"):
            return descend(context, entry, path, words[1:])
        if len(words) > 1 and words[1] not in ("--help", "-h"):
            raise CliError(no_group_flag(path, words[1]), FLAG_ERROR)
        return show(table_help(entry, path))
    return execute(context, entry.load(), path, words[1:])


def no_group_flag(path: str, word: str) -> str:
    """Say that a group of commands takes no such flag."""
    problem = f"unknown flag: {word}" if word.startswith("--") else f"unknown shorthand flag: '{word[1:2]}' in {word}"
    return f"{problem}\n\nUsage:  {path} COMMAND\n\nRun '{path} --help' for more information"


def unknown(table: tree.Table, path: str, word: str) -> str:
    """Say that there is no such command."""
    usage = "" if path == "docker" else f"Usage:  {path if table.bare else path + ' COMMAND'}\n\n"
    return f"docker: unknown command: {path} {word}\n\n{usage}Run '{path} --help' for more information"


def execute(context: Context, command: Command, path: str, words: list[str]) -> int:
    """Parse a command's words and run it."""
    context.path = path
    usage = f"Usage:  {path} {command.usage}".rstrip()
    try:
        values, arguments = pflag.parse(command.flags, words, interspersed=not command.options_first)
    except pflag.HelpWanted:
        return show(command_help(command, path))
    except pflag.FlagError as error:
        raise CliError(f"{error}\n\n{usage}\n\nRun '{path} --help' for more information", FLAG_ERROR) from None
    problem = check_arguments(command, path, arguments)
    if problem is not None:
        verb = "See" if "at least" in problem and "at most" not in problem else "Run"
        raise CliError(f"docker: {problem}\n\n{usage}\n\n{verb} '{path} --help' for more information")
    return guarded(context, command, values, arguments)


def guarded(context: Context, command: Command, values: pflag.Values, arguments: list[str]) -> int:
    """Run a command; the engine's refusals become the client's errors."""
    from . import failure

    if command.run is None:
        raise CliError(f"docker: '{context.path}' cannot be run")
    try:
        return command.run(context, values, arguments)
    except failure.FAILURES as error:
        raise CliError(failure.text(error)) from None


def help_topic(words: list[str]) -> int:
    """Show `docker help WORDS`."""
    entry: tree.Table | tree.Entry = tree.TOP
    path = "docker"
    for word in words:
        found = entry.find(word) if isinstance(entry, tree.Table) else None
        if found is None:
            raise CliError(f"unknown help topic: {' '.join(words)}")
        entry, path = found, f"{path} {found.name}"
    if isinstance(entry, tree.Table):
        return show(top_help() if entry is tree.TOP else table_help(entry, path))
    return show(command_help(entry.load(), path))


def show(text: str) -> int:
    """Print a help text."""
    sys.stdout.write(text)
    return 0


def width() -> int:
    """Give the columns for help texts: the terminal's, 80 where there is none."""
    try:
        return os.get_terminal_size(0).columns or 80
    except OSError:
        return 80


def command_help(command: Command, path: str) -> str:
    """Write a command's help."""
    text = f"Usage:  {path} {command.usage}".rstrip() + f"\n\n{command.description}\n"
    if command.aliases:
        text += f"\nAliases:\n  {command.aliases}\n"
    if any(not flag.hidden for flag in command.flags):
        text += "\nOptions:\n" + pflag.usages(command.flags, width() - 1)
    return text


def table_help(table: tree.Table, path: str) -> str:
    """Write the help of a group of commands."""
    lines = "".join(f"  {entry.name:<11} {entry.summary}\n" for entry in table.entries)
    return (
        f"Usage:  {path} COMMAND\n\n{table.summary}\n\nCommands:\n{lines}\n"
        f"Run '{path} COMMAND --help' for more information on a command.\n"
    )


def top_help() -> str:
    """Write `docker --help`."""
    text = "Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n"
    for title, names in tree.SECTIONS:
        text += f"\n{title}:\n"
        for name in names.split():
            entry = tree.TOP.find(name)
            text += f"  {name:<11} {entry.summary if entry else ''}\n"
    text += "\nGlobal Options:\n" + pflag.usages(GLOBALS, width() - 1)
    return (
        f"{text}\nRun 'docker COMMAND --help' for more information on a command.\n\n"
        "For more help on how to use Docker, head to https://docs.docker.com/go/guides/\n"
    )
