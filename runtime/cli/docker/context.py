"""What a command gets: the engine's client, the configuration, the terminal's streams."""

from __future__ import annotations

import os
import sys

from ...client import address
from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...client.api import Client
    from .pflag import Values

DEFAULT_CONTEXT = "default"


class Context:
    """One call of the command line; everything is made when first asked for."""

    def __init__(self, options: Values) -> None:
        self.options = options
        self.path = "docker"
        self._client: Client | None = None
        self._config: dict[str, Any] | None = None

    @property
    def config_folder(self) -> str:
        """Where config.json and contexts are."""
        chosen: str = self.options["config"] or os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")
        return chosen

    @property
    def config(self) -> dict[str, Any]:
        """The user's config.json, {} where there is none."""
        if self._config is None:
            self._config = self.load_config()
        return self._config

    def load_config(self) -> dict[str, Any]:
        """Read config.json; a broken one is a warning, as with Docker."""
        place = os.path.join(self.config_folder, "config.json")
        if not os.path.exists(place):
            return {}
        import json

        try:
            with open(place, encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError) as error:
            self.warn(f"WARNING: Error loading config file: {place}: {error}")
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def client(self) -> Client:
        """The engine that flags, environment or context name."""
        if self._client is None:
            from ...client import api

            try:
                self._client = api.Client(self.endpoint())
            except address.BadAddress as error:
                raise CliError(f"Failed to initialize: unable to resolve docker endpoint: {error}") from None
        return self._client

    @property
    def context_name(self) -> str:
        """The context in use: --context, unless -H or DOCKER_HOST decide, DOCKER_CONTEXT, the configured one."""
        if self.options["context"]:
            return str(self.options["context"])
        if self.options["host"] or os.environ.get("DOCKER_HOST"):
            return DEFAULT_CONTEXT
        return os.environ.get("DOCKER_CONTEXT") or str(self.config.get("currentContext") or DEFAULT_CONTEXT)

    def endpoint(self) -> address.Address:
        """Find the engine's address."""
        hosts = self.options["host"]
        if len(hosts) > 1:
            raise CliError("Failed to initialize: unable to resolve docker endpoint: specify only one -H")
        if self.context_name != DEFAULT_CONTEXT:
            return self.stored_endpoint(self.context_name)
        text = with_scheme(hosts[0] if hosts else os.environ.get("DOCKER_HOST") or address.DEFAULT)
        return address.Address(text, self.tls())

    def stored_endpoint(self, name: str) -> address.Address:
        """Find the address that a context of `docker context create` keeps."""
        import hashlib
        import json

        key = hashlib.sha256(name.encode()).hexdigest()
        place = os.path.join(self.config_folder, "contexts", "meta", key, "meta.json")
        try:
            with open(place, encoding="utf-8") as file:
                docker = json.load(file)["Endpoints"]["docker"]
        except (OSError, ValueError, KeyError):
            reason = f"context {name!r}: context not found: open {place}: no such file or directory".replace("'", '"')
            raise CliError(f"Failed to initialize: unable to resolve docker endpoint: {reason}") from None
        folder = os.path.join(self.config_folder, "contexts", "tls", key, "docker")
        files = [os.path.join(folder, part) for part in ("ca.pem", "cert.pem", "key.pem")]
        tls = address.Tls(*files, verify=not docker.get("SkipTLSVerify")) if os.path.isdir(folder) else None
        return address.Address(docker.get("Host") or address.DEFAULT, tls)

    def tls(self) -> address.Tls | None:
        """Find the TLS files of flags and environment, None where TLS is not asked for."""
        options = self.options
        verify = options["tlsverify"] if "tlsverify" in options.changed else bool(os.environ.get("DOCKER_TLS_VERIFY"))
        if not (verify or options["tls"] or os.environ.get("DOCKER_TLS")):
            return None
        folder = os.environ.get("DOCKER_CERT_PATH") or self.config_folder
        files = [options[flag] or os.path.join(folder, name) for flag, name in TLS_FILES]
        missing = next((file for file in files if not os.path.exists(file)), None)
        if missing is not None and verify:
            raise CliError(
                f"Failed to initialize: unable to resolve docker endpoint: open {missing}: no such file or directory"
            )
        return address.Tls(*files, verify=verify)

    def out(self, text: str = "") -> None:
        """Print a line on standard output."""
        sys.stdout.write(text + "\n")

    def warn(self, text: str) -> None:
        """Print a line on standard error, after what standard output still holds."""
        sys.stdout.flush()
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


TLS_FILES = (("tlscacert", "ca.pem"), ("tlscert", "cert.pem"), ("tlskey", "key.pem"))


def with_scheme(text: str) -> str:
    """Complete an address as Docker does: `/path` is refused, `host:port` is tcp."""
    if "://" in text:
        kind, _, place = text.partition("://")
        if kind == "unix" and not place:
            return address.DEFAULT
        return f"tcp://127.0.0.1{place}" if kind == "tcp" and place.startswith(":") else text
    return f"tcp://127.0.0.1{text}" if text.startswith(":") else f"tcp://{text}"
