"""Dockerfile instructions that change a configuration: `--change` of commit and import. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable
from typing import Any

from ..errors import BadRequest
from ..model import times
from . import verify

JSON = dict[str, Any]


def apply(config: JSON, changes: Iterable[str]) -> JSON:
    """Give the configuration with the changes made; BadRequest in Docker's words."""
    result = json.loads(json.dumps(config))
    for change in changes:
        for line in filter(None, (one.strip() for one in change.splitlines())):
            word, _, rest = line.partition(" ")
            handler = _HANDLERS.get(word.upper())
            if handler is None:
                raise BadRequest(f"{word.lower()} is not a valid change command" if word else "empty change")
            if not rest.strip():
                raise BadRequest(f"{word.upper()} requires at least one argument")
            handler(result, rest.strip())
    return dict(result)


def _command(text: str) -> list[str]:
    """Exec form as it is, shell form for /bin/sh -c."""
    if text.startswith("["):
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return value
    return ["/bin/sh", "-c", text]


def _pairs(text: str, word: str) -> dict[str, str]:
    if "=" not in text.split(maxsplit=1)[0]:
        key, _, value = text.partition(" ")
        if not value:
            raise BadRequest(f"{word} must have two arguments")
        return {key: value.strip()}
    pairs = [part.partition("=") for part in shlex.split(text)]
    if any(not equals for _key, equals, _value in pairs):
        raise BadRequest(f"Syntax error - can't find = in {text!r}. Must be of the form: name=value")
    return {key: value for key, _equals, value in pairs}


def _env(config: JSON, text: str) -> None:
    fresh = _pairs(text, "ENV")
    kept = [entry for entry in config.get("Env") or [] if entry.partition("=")[0] not in fresh]
    config["Env"] = kept + [f"{key}={value}" for key, value in fresh.items()]


def _label(config: JSON, text: str) -> None:
    config["Labels"] = {**(config.get("Labels") or {}), **_pairs(text, "LABEL")}


def _cmd(config: JSON, text: str) -> None:
    config["Cmd"] = _command(text)


def _entrypoint(config: JSON, text: str) -> None:
    config["Entrypoint"] = _command(text)


def _expose(config: JSON, text: str) -> None:
    ports = dict(config.get("ExposedPorts") or {})
    for word in text.split():
        match = re.fullmatch(r"(\d+)(?:-(\d+))?(?:/(tcp|udp|sctp))?", word)
        if match is None or not 0 < int(match[1]) <= int(match[2] or match[1]) <= 65535:
            raise BadRequest(f"Invalid containerPort: {word}")
        for number in range(int(match[1]), int(match[2] or match[1]) + 1):
            ports[f"{number}/{match[3] or 'tcp'}"] = {}
    config["ExposedPorts"] = ports


def _volume(config: JSON, text: str) -> None:
    paths = json.loads(text) if text.startswith("[") else text.split()
    config["Volumes"] = {**(config.get("Volumes") or {}), **{path: {} for path in paths}}


def _workdir(config: JSON, text: str) -> None:
    config["WorkingDir"] = text if text.startswith("/") else f"{(config.get('WorkingDir') or '').rstrip('/')}/{text}"


def _user(config: JSON, text: str) -> None:
    config["User"] = text


def _stop_signal(config: JSON, text: str) -> None:
    verify.signal_number(text)
    config["StopSignal"] = text


def _onbuild(config: JSON, text: str) -> None:
    config["OnBuild"] = [*(config.get("OnBuild") or []), text]


def _shell(config: JSON, text: str) -> None:
    config["Shell"] = _command(text)


def _healthcheck(config: JSON, text: str) -> None:
    check: JSON = {}
    while match := re.match(r"--(interval|timeout|start-period|retries)=(\S+)\s+", text):
        field = {"interval": "Interval", "timeout": "Timeout", "start-period": "StartPeriod", "retries": "Retries"}
        check[field[match[1]]] = int(match[2]) if match[1] == "retries" else times.duration(match[2])
        text = text[match.end() :]
    word, _, rest = text.partition(" ")
    if word.upper() == "NONE":
        config["Healthcheck"] = {"Test": ["NONE"]}
        return
    if word.upper() != "CMD":
        raise BadRequest(f'Unknown type "{word}" in HEALTHCHECK (try CMD)')
    rest = rest.strip()
    exec_form = rest.startswith("[")
    check["Test"] = ["CMD", *_command(rest)] if exec_form else ["CMD-SHELL", rest]
    config["Healthcheck"] = check


_HANDLERS: dict[str, Callable[[JSON, str], None]] = {
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _expose,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "ONBUILD": _onbuild,
    "SHELL": _shell,
    "STOPSIGNAL": _stop_signal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}
