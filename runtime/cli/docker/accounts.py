"""Registry accounts: what `docker login` keeps in config.json, and the header that carries it to the engine."""

from __future__ import annotations

import base64
import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context

HUB = "https://index.docker.io/v1/"


def server_of(image: str) -> str:
    """Return the registry an image's name points to, as config.json names it."""
    host, slash, _ = image.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost" or host != host.lower()):
        return HUB
    return HUB if host in ("docker.io", "index.docker.io") else host


def account(context: Context, server: str) -> dict[str, str]:
    """Return the stored account of a registry, {} when there is none."""
    known = (context.config.get("auths") or {}).get(server) or {}
    if not known.get("auth"):
        return {}
    try:
        name, _, secret = base64.b64decode(known["auth"]).decode().partition(":")
    except ValueError:
        return {}
    return {"username": name, "password": secret.rstrip("\0"), "serveraddress": server}


def header(found: dict[str, Any]) -> dict[str, str]:
    """Return the request header for an account."""
    return {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(found).encode()).decode()}


def store(context: Context, server: str, entry: dict[str, str] | None) -> str:
    """Write or remove an account in config.json, whole and readable by its owner only; return the file's path."""
    config = dict(context.config)
    accounts = dict(config.get("auths") or {})
    accounts.pop(server, None)
    if entry is not None:
        accounts[server] = entry
    config["auths"] = accounts
    path = os.path.join(context.config_folder, "config.json")
    os.makedirs(context.config_folder, mode=0o700, exist_ok=True)
    scratch = f"{path}.{os.getpid()}"
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(config, file, indent="\t")
    os.replace(scratch, path)
    return path


def encoded(name: str, secret: str) -> dict[str, str]:
    """Return an account as config.json keeps it."""
    return {"auth": base64.b64encode(f"{name}:{secret}".encode()).decode()}
