"""The last operation of a helper's plan: one of our own functions instead of a program.

`docker cp`, unpacking a layer or copying an image's data into a volume work on folders that a container may
have filled with anything. They run like a container does, in a process whose root is that folder, and only
functions of this table can be asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..primitives import volumes
from .context import Context

FUNCTIONS: dict[str, Callable[..., Any]] = {"copy_up": volumes.copy_up}


def offer(functions: dict[str, Callable[..., Any]]) -> None:
    """Add functions to the table; the zygote for archives does so once, before it forks."""
    FUNCTIONS.update(functions)


def call(context: Context, function: str, arguments: dict[str, Any]) -> Any:
    """Run one function with the plan's descriptors and give its JSON-able result."""
    return FUNCTIONS[function](context.files, **arguments)
