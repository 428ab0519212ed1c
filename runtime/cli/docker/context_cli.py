"""`docker context`: the named engines a client can talk to."""

from __future__ import annotations

import json
import os

from ...client import address
from . import formats, listing
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values

DEFAULT = "default"


def stored(context: Context) -> dict[str, dict[str, Any]]:
    """Return the contexts kept in the configuration folder, by name."""
    folder = os.path.join(context.config_folder, "contexts", "meta")
    found = {}
    for key in os.listdir(folder) if os.path.isdir(folder) else ():
        try:
            with open(os.path.join(folder, key, "meta.json"), encoding="utf-8") as file:
                data = json.load(file)
            found[str(data["Name"])] = data | {"Key": key}
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def lines(context: Context) -> list[dict[str, Any]]:
    """Return one line per context, the default first."""
    current = context.context_name
    host = os.environ.get("DOCKER_HOST") or address.DEFAULT
    first = {"Name": DEFAULT, "Description": "Current DOCKER_HOST based configuration", "Endpoint": host}
    rest = [
        {
            "Name": name,
            "Description": (data.get("Metadata") or {}).get("Description", ""),
            "Endpoint": ((data.get("Endpoints") or {}).get("docker") or {}).get("Host", ""),
        }
        for name, data in sorted(stored(context).items())
    ]
    return [line | {"Current": line["Name"] == current} for line in [first, *rest]]


FIELDS: listing.Fields = {
    "Name": ("NAME", lambda c: c["Name"]),
    "Description": ("DESCRIPTION", lambda c: c["Description"]),
    "DockerEndpoint": ("DOCKER ENDPOINT", lambda c: c["Endpoint"]),
    "Error": ("ERROR", lambda c: ""),
    "Current": ("CURRENT", lambda c: c["Current"]),
}
SHOWN: listing.Fields = FIELDS | {"Name": ("NAME", lambda c: c["Name"] + (" *" if c["Current"] else ""))}


def warn(context: Context) -> None:
    """Say that DOCKER_HOST decides, whatever the context."""
    if os.environ.get("DOCKER_HOST"):
        context.warn(
            "Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the "
            "global --context flag, or unset DOCKER_HOST environment variable."
        )


def run_ls(context: Context, flags: Values, words: list[str]) -> int:
    """List the contexts."""
    plain = flags["format"] in ("", "table")
    columns = ["Name", "Description", "DockerEndpoint", "Error"]
    shown = listing.Listing("formatter.clientContextContext", SHOWN if plain else FIELDS, columns)
    if flags["quiet"]:
        formats.write("".join(f"{line['Name']}\n" for line in lines(context)))
    else:
        formats.write(shown.show(lines(context), flags["format"]))
    warn(context)
    return 0


def run_show(context: Context, flags: Values, words: list[str]) -> int:
    """Print the name of the context in use."""
    context.out(context.context_name)
    return 0


def run_use(context: Context, flags: Values, words: list[str]) -> int:
    """Set the context to use."""
    name = words[0]
    if name != DEFAULT and name not in stored(context):
        raise CliError(f'context "{name}": context not found: open {_place(context, name)}: no such file or directory')
    config = dict(context.config)
    config.pop("currentContext", None)
    if name != DEFAULT:
        config["currentContext"] = name
    os.makedirs(context.config_folder, mode=0o700, exist_ok=True)
    path = os.path.join(context.config_folder, "config.json")
    with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as file:
        json.dump(config, file, indent="\t")
    os.replace(f"{path}.{os.getpid()}", path)
    context.out(name)
    context.warn(f'Current context is now "{name}"')
    warn(context)
    return 0


def _place(context: Context, name: str) -> str:
    import hashlib

    key = hashlib.sha256(name.encode()).hexdigest()
    return os.path.join(context.config_folder, "contexts", "meta", key, "meta.json")


def document(context: Context, name: str) -> dict[str, Any]:
    """Return a context as `inspect` shows it."""
    if name == DEFAULT:
        host = os.environ.get("DOCKER_HOST") or address.DEFAULT
        endpoint = {"docker": {"Host": host, "SkipTLSVerify": False}}
        where = {"MetadataPath": "<IN MEMORY>", "TLSPath": "<IN MEMORY>"}
        return {"Name": name, "Metadata": {}, "Endpoints": endpoint, "TLSMaterial": {}, "Storage": where}
    data = stored(context).get(name)
    if data is None:
        raise CliError(f'context "{name}": context not found: open {_place(context, name)}: no such file or directory')
    folder = os.path.join(context.config_folder, "contexts")
    where = {f"{title}Path": os.path.join(folder, title[:4].lower(), data["Key"]) for title in ("Metadata", "TLS")}
    known = {key: data.get(key) or {} for key in ("Metadata", "Endpoints")}
    return {"Name": name, **known, "TLSMaterial": {}, "Storage": where}


def run_inspect(context: Context, flags: Values, words: list[str]) -> int:
    """Show contexts in full."""
    from . import inspect

    def find(name: str) -> tuple[bytes, str]:
        text = json.dumps(document(context, name), separators=(",", ":"), ensure_ascii=False)
        return text.replace("<", "\\u003c").replace(">", "\\u003e").encode(), ""

    return inspect.each(words or [context.context_name], flags["format"], find)


LS = Command(
    "ls",
    "List contexts",
    "[OPTIONS]",
    (Flag("format", formats.TABLE_HELP, kind="string"), Flag("quiet", "Only show context names", short="q")),
    run_ls,
    aliases="docker context ls, docker context list",
)
SHOW = Command("show", "Print the name of the current context", "", run=run_show)
USE = Command("use", "Set the current docker context", "CONTEXT", run=run_use, args=(1, 1))
INSPECT = Command(
    "inspect",
    "Display detailed information on one or more contexts",
    "[OPTIONS] [CONTEXT] [CONTEXT...]",
    (Flag("format", formats.PLAIN_HELP, short="f", kind="string"),),
    run_inspect,
    args=(0, None),
)
