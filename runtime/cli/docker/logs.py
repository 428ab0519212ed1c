"""docker logs"""

from __future__ import annotations

from ...client import containers
from . import frames, times
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

FLAGS = (
    Flag("details", "Show extra details provided to logs"),
    Flag("follow", "Follow log output", short="f"),
    Flag(
        "since",
        'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
        kind="string",
    ),
    Flag("tail", "Number of lines to show from the end of the logs", short="n", kind="string", default="all"),
    Flag("timestamps", "Show timestamps", short="t"),
    Flag(
        "until",
        'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
        kind="string",
    ),
)


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Print a container's log."""
    found = containers.inspect(context.client, arguments[0])
    stream = containers.logs(
        context.client,
        found["Id"],
        follow=values["follow"] or None,
        stdout=True,
        stderr=True,
        since=moment(values, "since"),
        until=moment(values, "until"),
        tail=values["tail"],
        timestamps=values["timestamps"] or None,
        details=values["details"] or None,
    )
    sink = frames.Plain() if found["Config"]["Tty"] else frames.Demultiplexer()
    try:
        for piece in stream:
            sink.feed(piece)
    except frames.StreamError as error:
        raise CliError(str(error)) from None
    return 0


def moment(values: Values, flag: str) -> str | None:
    """Give a point in time for the request."""
    try:
        return times.stamp(values[flag]) or None
    except ValueError:
        problem = f'failed to parse value as time or duration: "{values[flag]}"'
        raise CliError(f'invalid value for "{flag}": {problem}') from None


COMMAND = Command(
    "logs",
    "Fetch the logs of a container",
    "[OPTIONS] CONTAINER",
    FLAGS,
    run,
    args=(1, 1),
    aliases="docker container logs, docker logs",
)
