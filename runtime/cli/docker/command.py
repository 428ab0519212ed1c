"""What a command is: `COMMAND = Command("rename", summary, "CONTAINER NEW_NAME", run=run, args=(2, 2))`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .context import Context
    from .pflag import Flag, Values

    Run = Callable[[Context, Values, list[str]], int]


class CliError(Exception):
    """A command failed: the whole text for standard error and the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Command:
    """One command: `usage` is what follows its path in the help; `args` is least and most arguments (None: any).

    `options_first`: the first word that is no flag ends the flags (`docker run IMAGE command -with -flags`).
    `aliases` is the line of the help text. `description` replaces the summary in the help text.
    """

    def __init__(
        self, name: str, summary: str, usage: str, flags: Sequence[Flag] = (), run: Run | None = None, *,
        args: tuple[int, int | None] = (0, 0), options_first: bool = False, aliases: str = "", description: str = "",
    ) -> None:  # fmt: skip
        self.name = name
        self.summary = summary
        self.usage = usage
        self.flags = flags
        self.run = run
        self.args = args
        self.options_first = options_first
        self.aliases = aliases
        self.description = description or summary


def check_arguments(command: Command, path: str, given: list[str]) -> str | None:
    """Say in Docker's words how many arguments a command wants, None when they fit."""
    least, most = command.args
    if len(given) >= least and (most is None or len(given) <= most):
        return None
    if most == 0:
        return f"'{path}' accepts no arguments"
    if least == most:
        return f"'{path}' requires {least} {plural(least)}"
    if most is None:
        return f"'{path}' requires at least {least} {plural(least)}"
    if least == 0:
        return f"'{path}' requires at most {most} {plural(most)}"
    return f"'{path}' requires at least {least} and at most {most} arguments"


def plural(number: int) -> str:
    """Say argument or arguments."""
    return "argument" if number == 1 else "arguments"
