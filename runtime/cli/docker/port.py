"""docker port"""

from __future__ import annotations

from ...client import containers
from .command import CliError, Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Print where a container's ports are published."""
    found = containers.inspect(context.client, arguments[0])
    ports = found["NetworkSettings"].get("Ports") or {}
    if len(arguments) == 1:
        lines = [f"{port} -> {place(one)}" for port in ports for one in ports[port] or []]
        for line in sorted(lines, key=natural):
            context.out(line)
        return 0
    port, _, protocol = arguments[1].partition("/")
    if not port.isdigit():
        raise CliError(f"Error: invalid port ({port}): must be a number")
    bindings = ports.get(f"{port}/{protocol or 'tcp'}")
    if not bindings:
        raise CliError(f"Error: No public port '{arguments[1]}' published for {arguments[0]}")
    for one in sorted(bindings, key=lambda binding: natural(place(binding))):
        context.out(place(one))
    return 0


def place(binding: dict[str, Any]) -> str:
    """Write one binding as address:port."""
    address = binding["HostIp"]
    return f"[{address}]:{binding['HostPort']}" if ":" in address else f"{address}:{binding['HostPort']}"


def natural(text: str) -> list[tuple[int, int, str]]:
    """Sort numbers inside texts as numbers, before letters."""
    words = "".join(char if char.isdigit() else f" {char} " for char in text).split()
    return [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in words]


COMMAND = Command(
    "port",
    "List port mappings or a specific mapping for the container",
    "CONTAINER [PRIVATE_PORT[/PROTO]]",
    (),
    run,
    args=(1, 2),
    aliases="docker container port, docker port",
)
