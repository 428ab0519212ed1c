"""The engine as the command line sees it: a socket that answers, or does not."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path, timeout: float) -> None:
        """Prepare a connection to the socket at `path`."""
        super().__init__("docklab", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        """Connect to the socket instead of a port."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Engine:
    """Asks one engine; a refusal becomes an error on the terminal, in the engine's words."""

    def __init__(self, host: str | None = None) -> None:
        """Choose the engine at `host`, by default the one of the environment."""
        from . import places

        self.host = host or os.environ.get("DOCKER_HOST") or places.find().host
        if not self.host.startswith("unix://"):
            raise click.ClickException(f"docklab speaks to an engine on this machine, not to {self.host}")
        self.path = Path(self.host.removeprefix("unix://"))

    def answers(self) -> bool:
        """Tell whether the engine is there."""
        connection = Connection(self.path, timeout=5)
        try:
            connection.request("GET", "/_ping")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """Return the JSON that the engine answers."""
        status, body = self._ask("GET", path)
        found = json.loads(body or b"null")
        if status >= 400:
            raise click.ClickException(str(found.get("message", found)))
        return found

    def has_image(self, digest: str) -> bool:
        """Tell whether an image is there, by its id."""
        return self._ask("GET", f"/images/{quote(digest)}/json")[0] == 200

    def load(self, archive: Path) -> None:
        """Load an image archive."""
        with archive.open("rb") as file:
            status, body = self._ask("POST", "/images/load?quiet=1", file, {"Content-Type": "application/x-tar"})
        problems = [said["error"] for said in _documents(body) if "error" in said]
        if status >= 400 or problems:
            raise click.ClickException(f"cannot load {archive.name}: {problems[0] if problems else body.decode()}")

    def _ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        connection = Connection(self.path, timeout=300)
        try:
            connection.request(method, path, body, headers or {}, encode_chunked=body is not None)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise click.ClickException(f"no engine answers at {self.host} ({error}): docklab up") from None
        finally:
            connection.close()


def _documents(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.splitlines():
        if line.strip():
            yield json.loads(line)
