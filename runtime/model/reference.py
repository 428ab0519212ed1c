"""Names of images: [registry/]path[:tag][@digest], in Docker's grammar and words (distribution `reference`)."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import BadRequest

_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::\d+)?")
_TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{64}")


class Reference(NamedTuple):
    """A parsed name. `name` is the familiar form: without docker.io/ and library/."""

    name: str
    tag: str = ""
    digest: str = ""

    @property
    def familiar(self) -> str:
        """The name with its tag, or with its digest where it has no tag."""
        if self.digest:
            return f"{self.name}@{self.digest}"
        return f"{self.name}:{self.tag}" if self.tag else self.name


def parse(text: str) -> Reference:
    """Read a name; BadRequest in Docker's words. A name without tag and digest stays without."""
    if _ID.fullmatch(text):
        raise BadRequest(
            f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
        )
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise BadRequest("invalid reference format")
    head, slash, last = rest.rpartition("/")
    base, colon, tag = last.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise BadRequest("invalid reference format")
    name = _familiar(f"{head}{slash}{base}")
    return Reference(name, tag, digest)


def _familiar(name: str) -> str:
    domain, slash, path = name.partition("/")
    has_domain = bool(slash) and ("." in domain or ":" in domain or domain == "localhost")
    checked = path if has_domain else name
    if has_domain and not _DOMAIN.fullmatch(domain):
        raise BadRequest("invalid reference format")
    if checked != checked.lower():
        raise BadRequest(f"invalid reference format: repository name ({checked}) must be lowercase")
    if not _PATH.fullmatch(checked):
        raise BadRequest("invalid reference format")
    if has_domain and domain in ("docker.io", "index.docker.io"):
        return path.removeprefix("library/")
    return name.removeprefix("library/") if not has_domain else name


def tagged(text: str) -> Reference:
    """Read a name and give it the tag `latest` where it has neither tag nor digest."""
    found = parse(text)
    return found if found.tag or found.digest else found._replace(tag="latest")
