"""docker update"""

from __future__ import annotations

from ...client import containers
from . import container_body, container_flags, failure, flagtypes
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values

KEYS = {
    "blkio-weight": "BlkioWeight",
    "cpu-period": "CpuPeriod",
    "cpu-quota": "CpuQuota",
    "cpu-rt-period": "CpuRealtimePeriod",
    "cpu-rt-runtime": "CpuRealtimeRuntime",
    "cpu-shares": "CpuShares",
    "cpus": "NanoCpus",
    "cpuset-cpus": "CpusetCpus",
    "cpuset-mems": "CpusetMems",
    "kernel-memory": "KernelMemory",
    "memory": "Memory",
    "memory-reservation": "MemoryReservation",
    "memory-swap": "MemorySwap",
    "pids-limit": "PidsLimit",
}
OWN = (
    Flag("restart", "Restart policy to apply when a container exits", kind="string"),
    Flag(
        "memory-swap",
        "Swap limit equal to memory plus swap: -1 to enable unlimited swap",
        kind="bytes",
        check=flagtypes.swap,
    ),
    Flag("cpu-rt-period", "Limit the CPU real-time period in microseconds", kind="int"),
    Flag("cpu-rt-runtime", "Limit the CPU real-time runtime in microseconds", kind="int"),
    Flag("kernel-memory", "Kernel memory limit", kind="bytes", hidden=True),
)
NAMES = {flag.name for flag in OWN}
FLAGS = (*OWN, *(flag for flag in container_flags.FLAGS if flag.name in KEYS and flag.name not in NAMES))


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Change limits and restart policies of containers."""
    if not values.changed:
        raise CliError("you must provide one or more flags when using this command")
    body = request(values)
    warnings: list[str] = []

    def act(name: str) -> str:
        answer = containers.update(context.client, name, body) or {}
        warnings.extend(answer.get("Warnings") or [])
        return name

    try:
        return failure.each(context, arguments, act)
    finally:
        if warnings:
            context.out("\n".join(warnings))


def request(values: Values) -> dict[str, Any]:
    """Write the request: only what was asked for changes."""
    body: dict[str, Any] = {KEYS[flag]: values[flag] for flag in values.changed if flag in KEYS}
    if values["restart"]:
        try:
            body["RestartPolicy"] = container_body.restart_policy(values["restart"])
        except ValueError as error:
            raise CliError(str(error)) from None
    return body


COMMAND = Command(
    "update",
    "Update configuration of one or more containers",
    "[OPTIONS] CONTAINER [CONTAINER...]",
    FLAGS,
    run,
    args=(1, None),
    aliases="docker container update, docker update",
)
