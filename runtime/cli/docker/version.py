"""`docker version`: client and server."""

from __future__ import annotations

from . import failure, formats
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values

VERSION = "28.2.2"
API = "1.47"


def client(context: Context, server: dict[str, Any] | None) -> dict[str, Any]:
    """Return what is known of this client."""
    import os
    import sys

    wanted = os.environ.get("DOCKER_API_VERSION", "").strip() or API
    spoken = min(wanted, server["ApiVersion"], key=_number) if server and server.get("ApiVersion") else wanted
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    return {
        "Version": VERSION,
        "ApiVersion": spoken,
        "DefaultAPIVersion": API,
        "GitCommit": "docklab",
        "GoVersion": f"python{'.'.join(map(str, sys.version_info[:3]))}",
        "Os": "linux",
        "Arch": machine,
        "BuildTime": "",
        "Context": context.context_name,
    }


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def lines(pairs: list[tuple[str, str]], indent: str) -> str:
    """Return `Name:   value` lines in one column."""
    return "".join(f"{indent}{name + ':':<{20 - len(indent)}}{value}\n" for name, value in pairs)


def client_text(known: dict[str, Any]) -> str:
    """Return the client's part."""
    default = known["DefaultAPIVersion"]
    spoken = known["ApiVersion"]
    shown = spoken if spoken == default else f"{spoken} (downgraded from {default})"
    pairs = [
        ("Version", known["Version"]),
        ("API version", shown),
        ("Go version", known["GoVersion"]),
        ("Git commit", known["GitCommit"]),
        ("Built", known["BuildTime"]),
        ("OS/Arch", f"{known['Os']}/{known['Arch']}"),
        ("Context", known["Context"]),
    ]
    return "Client:\n" + lines(pairs, " ")


def server_text(server: dict[str, Any]) -> str:
    """Return the server's part: the engine and the components it names."""
    title = (server.get("Platform") or {}).get("Name", "")
    text = f"\nServer:{' ' + title if title else ''}\n"
    for part in server.get("Components") or []:
        details = dict(part.get("Details") or {})
        text += f" {part['Name']}:\n" + lines([("Version", part["Version"])], "  ")
        text += lines(_engine(details) if part["Name"] == "Engine" else sorted(details.items()), "  ")
    return text


def _engine(details: dict[str, str]) -> list[tuple[str, str]]:
    api = f"{details.get('ApiVersion', '')} (minimum version {details.get('MinAPIVersion', '')})"
    return [
        ("API version", api),
        ("Go version", details.get("GoVersion", "")),
        ("Git commit", details.get("GitCommit", "")),
        ("Built", details.get("BuildTime", "")),
        ("OS/Arch", f"{details.get('Os', '')}/{details.get('Arch', '')}"),
        ("Experimental", details.get("Experimental", "")),
    ]


def _built(stamp: str) -> str:
    """Return an RFC 3339 time as C's asctime writes it; other texts as they are."""
    import time

    from . import units

    try:
        return time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(units.seconds(stamp)))
    except ValueError:
        return stamp


def _with_engine(server: dict[str, Any]) -> dict[str, Any]:
    """Give an old engine's answer, which names no components, the one it has; write its time for people."""
    if server.get("Components"):
        for part in server["Components"]:
            details = part.get("Details") or {}
            if details.get("BuildTime"):
                details["BuildTime"] = _built(details["BuildTime"])
        return server
    names = ("ApiVersion", "MinAPIVersion", "GitCommit", "GoVersion", "Os", "Arch", "BuildTime")
    details = {name: str(server.get(name, "")) for name in names} | {"Experimental": "false"}
    return server | {"Components": [{"Name": "Engine", "Version": server.get("Version", ""), "Details": details}]}


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Ask the server and show both parts; without a server only the client's."""
    form = flags["format"]
    template = formats.template(form, name="version") if form and form != "json" else None
    server, problem = None, ""
    try:
        server = _with_engine(context.client.get("/version"))
    except failure.FAILURES as error:
        problem = failure.text(error)
    known = client(context, server)
    if form:
        formats.write(formats.fill(template, "system.versionInfo", {"Client": known, "Server": server}))
    else:
        formats.write(client_text(known) + (server_text(server) if server else ""))
    if problem:
        raise CliError(problem)
    return 0


COMMAND = Command(
    "version",
    "Show the Docker version information",
    "[OPTIONS]",
    (Flag("format", formats.PLAIN_HELP, short="f", kind="string"),),
    run,
)
