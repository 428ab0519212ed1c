"""`docker events`: what happens, as it happens."""

from __future__ import annotations

from . import formats, units
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .context import Context
    from .pflag import Values

MESSAGE = (
    "Status:status string?; ID:id string?; From:from string?; Type string; Action string; Actor events.Actor; "
    "Scope:scope string?; Time:time int64?; TimeNano:timeNano int64?"
)


def line(event: dict[str, Any]) -> str:
    """Return an event as one line: time, type, action, id and attributes."""
    import time

    nano = event.get("timeNano") or event.get("time", 0) * 10**9
    zone = time.strftime("%z", time.localtime(nano // 10**9))
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(nano // 10**9))
    shown = f"{stamp}.{nano % 10**9:09d}{'Z' if zone == '+0000' else zone[:3] + ':' + zone[3:]}"
    attributes = sorted((event["Actor"].get("Attributes") or {}).items())
    tail = f" ({', '.join(f'{key}={value}' for key, value in attributes)})" if attributes else ""
    return f"{shown} {event['Type']} {event['Action']} {event['Actor']['ID']}{tail}"


def formatter(form: str) -> Callable[[dict[str, Any]], str]:
    """Return the function that writes an event in the wanted format."""
    if not form:
        return line
    from . import templates
    from .templates import values

    values.structs["events.Message"] = values.fields_of(MESSAGE)
    values.structs["events.Actor"] = values.fields_of("ID string; Attributes map[string]string")
    try:
        template = templates.parse("{{json .}}" if form == "json" else form)
    except templates.TemplateError as error:
        raise CliError(f"Error parsing format: {error}", 64) from None

    def fill(event: dict[str, Any]) -> str:
        try:
            return template.render(values.Typed("*events.Message", event))
        except templates.TemplateError as error:
            raise CliError(f"Error parsing format: {error}", 64) from None

    return fill


def moment(text: str) -> str | None:
    """Return a `--since` or `--until` as the API takes it."""
    try:
        return units.timestamp(text) if text else None
    except ValueError as error:
        raise CliError(str(error)) from None


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Show events until the wanted time, or for ever."""
    from ...client import api

    show = formatter(flags["format"])
    since, until = moment(flags["since"]), moment(flags["until"])
    pieces = context.client.stream("GET", "/events", since=since, until=until, filters=formats.filters(flags["filter"]))
    for event in api.documents(pieces):
        formats.write(show(event) + "\n")
    return 0


COMMAND = Command(
    "events",
    "Get real time events from the server",
    "[OPTIONS]",
    (
        Flag(
            "filter", "Filter output based on conditions provided", short="f", kind="filter", check=formats.filter_check
        ),
        Flag("format", formats.PLAIN_HELP, kind="string"),
        Flag("since", "Show all events created since timestamp", kind="string"),
        Flag("until", "Stream events until this timestamp", kind="string"),
    ),
    run,
    args=(0, 0),
    aliases="docker system events, docker events",
)
