"""Errors of a command in Docker's form."""

from __future__ import annotations

from ...client.api import ApiError, InvalidName
from ...client.connection import ConnectionFailed
from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .context import Context

FAILURES = (ApiError, ConnectionFailed, InvalidName)


def text(error: Exception) -> str:
    """Say an error as Docker's client does."""
    if isinstance(error, ApiError):
        return f"Error response from daemon: {error.message}"
    return str(error)


def each(context: Context, names: Iterable[str], act: Callable[[str], str | None]) -> int:
    """Do one thing to each name; print what comes back, go on after errors, say them all at the end."""
    errors = []
    for name in names:
        try:
            line = act(name)
        except FAILURES as error:
            errors.append(text(error))
        else:
            if line is not None:
                context.out(line)
    if errors:
        raise CliError("\n".join(errors), 1)
    return 0
