"""Where the engine is: `unix:///path`, `tcp://host:port`, with or without TLS, and how to dial it."""

from __future__ import annotations

import os
import socket

DEFAULT = "unix:///var/run/docker.sock"


class BadAddress(Exception):
    """The address is not one; the message is Docker's."""


class Tls:
    """The three files of mutual TLS, and whether the engine's name is verified."""

    def __init__(self, ca: str, cert: str, key: str, *, verify: bool) -> None:
        self.ca = ca
        self.cert = cert
        self.key = key
        self.verify = verify


class Address:
    """A parsed DOCKER_HOST."""

    def __init__(self, text: str, tls: Tls | None = None) -> None:
        self.text = text
        self.tls = tls
        self.kind, separator, self.place = text.partition("://")
        if not separator or self.kind not in ("unix", "tcp", "http", "https", "npipe", "fd", "ssh"):
            raise BadAddress(f"invalid bind address format: {text}")
        if self.kind not in ("unix", "tcp", "http", "https"):
            raise BadAddress(f"unsupported protocol scheme: {self.kind}")
        self.authority = "api.moby.localhost" if self.kind == "unix" else self.place.split("/")[0]

    def dial(self) -> socket.socket:
        """Connect; raises OSError."""
        if self.kind == "unix":
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                link.connect(self.place)
            except OSError:
                link.close()
                raise
            return link
        host, port = self.host_and_port()
        link = socket.create_connection((host, port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.wrap(link, host) if self.tls or self.kind == "https" else link

    def host_and_port(self) -> tuple[str, int]:
        """Give host and port, with Docker's defaults for what is missing."""
        host, _, port = self.authority.rpartition(":") if ":" in self.authority else (self.authority, "", "")
        return host.strip("[]") or "127.0.0.1", int(port or (2376 if self.tls else 2375))

    def wrap(self, link: socket.socket, host: str) -> socket.socket:
        """Speak TLS on a connected socket."""
        import ssl

        verify = self.tls is None or self.tls.verify
        ca = self.tls.ca if self.tls and verify and os.path.exists(self.tls.ca) else None
        context = ssl.create_default_context(cafile=ca)
        context.check_hostname = verify
        context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
        if self.tls and os.path.exists(self.tls.cert):
            context.load_cert_chain(self.tls.cert, self.tls.key)
        return context.wrap_socket(link, server_hostname=host)


def from_environment() -> Address:
    """Give the address that DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH name."""
    folder = os.environ.get("DOCKER_CERT_PATH") or os.path.expanduser("~/.docker")
    verify = bool(os.environ.get("DOCKER_TLS_VERIFY"))
    files = [os.path.join(folder, name) for name in ("ca.pem", "cert.pem", "key.pem")]
    wanted = verify or bool(os.environ.get("DOCKER_TLS"))
    tls = Tls(files[0], files[1], files[2], verify=verify) if wanted else None
    return Address(os.environ.get("DOCKER_HOST") or DEFAULT, tls)
