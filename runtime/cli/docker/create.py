"""docker create"""

from __future__ import annotations

import os

from ...client import containers
from ...client.api import ApiError
from . import container_body, container_flags
from .command import CliError, Command
from .failure import FAILURES, text
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values

FLAGS = (
    *container_flags.FLAGS,
    Flag("name", "Assign a name to the container", kind="string"),
    Flag(
        "pull", 'Pull image before creating ("always", "|missing", "never")', kind="string", default="missing"
    ),
)  # fmt: skip


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Create a container and print its id."""
    try:
        body = container_body.build(values, arguments)
    except container_body.BadOption as error:
        raise CliError(with_hint(context, f"docker: {error}"), 125) from None
    try:
        context.out(create(context, values, body))
    except FAILURES as error:
        raise CliError(text(error)) from None
    return 0


def with_hint(context: Context, message: str) -> str:
    """Add the line that points to the command's help."""
    return f"{message}\n\nRun '{context.path} --help' for more information"


def create(context: Context, values: Values, body: dict[str, Any]) -> str:
    """Create a container, pulling its image where it is missing and may be; give its id."""
    cidfile = values["cidfile"]
    if cidfile and os.path.exists(cidfile):
        raise CliError(f"container ID file found, make sure the other container isn't running or delete {cidfile}")
    made = created(context, values, body)
    for warning in made.get("Warnings") or []:
        context.warn(f"WARNING: {warning}")
    if cidfile:
        with open(cidfile, "w", encoding="utf-8") as file:
            file.write(made["Id"])
    return str(made["Id"])


def created(context: Context, values: Values, body: dict[str, Any]) -> Any:
    """Ask the engine; pull as --pull says."""
    policy = values["pull"]
    if policy not in ("always", "missing", "never", ""):
        choice = 'must be one of "always", "missing" or "never"'
        raise CliError(with_hint(context, f"docker: invalid pull option: '{policy}': {choice}"), 125)
    name, platform = values["name"], values["platform"]
    if policy == "always":
        pull(context, values, body["Image"])
    try:
        return containers.create(context.client, body, name=name, platform=platform)
    except ApiError as error:
        if error.status != 404 or "no such image" not in error.message.lower() or policy == "never":
            raise
    if not values["quiet"]:
        context.warn(f"Unable to find image '{familiar(body['Image'])}' locally")
    pull(context, values, body["Image"])
    return containers.create(context.client, body, name=name, platform=platform)


def familiar(image: str) -> str:
    """Give an image's name with its tag."""
    if "@" in image or ":" in image.rsplit("/", 1)[-1]:
        return image
    return f"{image}:latest"


def pull(context: Context, values: Values, image: str) -> None:
    """Pull an image, progress on standard error."""
    name, _, tag = familiar(image).rpartition("@" if "@" in image else ":")
    stream = context.client.messages(
        "POST", "/images/create", fromImage=name, tag=tag, platform=values["platform"] or None
    )
    for message in stream:
        if "error" in message:
            raise CliError(f"docker: {message['error']}\n\nRun '{context.path} --help' for more information", 125)
        if not values["quiet"] and message.get("status") and not message.get("progressDetail"):
            prefix = f"{message['id']}: " if message.get("id") else ""
            context.warn(f"{prefix}{message['status']}")


COMMAND = Command(
    "create",
    "Create a new container",
    "[OPTIONS] IMAGE [COMMAND] [ARG...]",
    FLAGS,
    run,
    args=(1, None),
    options_first=True,
    aliases="docker container create, docker create",
)
