"""An exec as `GET /exec/{id}/json` shows it."""

from __future__ import annotations

from typing import Any, Protocol

JSON = dict[str, Any]


class Exec(Protocol):
    """What is shown of an exec."""

    id: str
    container: str
    request: JSON
    running: bool
    exit_code: int | None
    pid: int


def inspect(value: Exec) -> JSON:
    """Give everything there is to say about an exec."""
    asked = value.request
    command = asked.get("Cmd") or [""]
    process: JSON = {
        "tty": bool(asked.get("Tty")),
        "entrypoint": command[0],
        "arguments": command[1:],
        "privileged": bool(asked.get("Privileged")),
    }
    if asked.get("User"):
        process["user"] = asked["User"]
    return {
        "ID": value.id,
        "Running": value.running,
        "ExitCode": value.exit_code,
        "ProcessConfig": process,
        "OpenStdin": bool(asked.get("AttachStdin")),
        "OpenStderr": bool(asked.get("AttachStderr")),
        "OpenStdout": bool(asked.get("AttachStdout")),
        "CanRemove": value.exit_code is not None,
        "ContainerID": value.container,
        "DetachKeys": asked.get("DetachKeys") or "",
        "Pid": value.pid,
    }
