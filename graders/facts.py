"""Facts about the system, each told by two witnesses: the engine's API and the kernel.

A fact that both can know is asked of both; where they disagree the check fails and says so, because one of
them has been tampered with. What is not there fails the check with the names that are.
"""

from __future__ import annotations

import functools
import io
import json
import tarfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from . import kernel
from .api import Api, Refused
from .check import Fail, Ungradable

JSON = dict[str, Any]
LARGEST_FILE = 1 << 20  # a check reads answers and settings, not archives


@dataclass(frozen=True)
class Container:
    """One container."""

    api: Api = field(repr=False)
    document: JSON  # as GET /containers/{id}/json gave it

    @property
    def id(self) -> str:
        """The full id."""
        return str(self.document["Id"])

    @property
    def name(self) -> str:
        """The name without its slash."""
        return str(self.document["Name"]).lstrip("/")

    @property
    def status(self) -> str:
        """created, running, paused, exited, …"""
        return str(self.document["State"]["Status"])

    @property
    def exit_code(self) -> int:
        """The exit code of its last run."""
        return int(self.document["State"]["ExitCode"])

    @property
    def image(self) -> str:
        """The id of its image."""
        return str(self.document["Image"])

    @property
    def started(self) -> str:
        """When it was last started, RFC 3339; changes with every start."""
        return str(self.document["State"]["StartedAt"])

    @property
    def ever_started(self) -> bool:
        """Whether it ever ran."""
        return not self.started.startswith("0001-")

    @property
    def config(self) -> JSON:
        """Docker's Config: Cmd, Env, Tty, …"""
        return dict(self.document["Config"])

    @property
    def command(self) -> list[str]:
        """What its process 1 was started as."""
        return [str(self.document["Path"]), *map(str, self.document["Args"])]

    @functools.cached_property
    def running(self) -> bool:
        """Whether it runs, by both witnesses."""
        return bool(self.document["State"]["Running"]) and self.process is not None

    @functools.cached_property
    def process(self) -> kernel.Process | None:
        """Its process 1 as the kernel shows it; None where the engine says that it has none."""
        pid = int(self.document["State"]["Pid"])
        if pid == 0:
            return None
        found = kernel.process(pid)
        if found is None or not any(self.id in path for path in found.cgroups):
            raise disagreement(f"process {pid} belongs to container {self.name}", found)
        return found

    def processes(self) -> list[kernel.Process]:
        """List its processes, found by the kernel's control groups, by their number inside."""
        mine = (one for one in kernel.processes() if any(self.id in path for path in one.cgroups))
        return sorted(mine, key=lambda one: one.inner)

    def changes(self) -> dict[str, str]:
        """Give what it changed of its image: path -> A (added), C (changed), D (deleted)."""
        listed: list[JSON] = self.api.get(f"/containers/{self.id}/changes") or []
        return {str(change["Path"]): "CAD"[int(change["Kind"])] for change in listed}

    def has(self, path: str) -> bool:
        """Say whether a path exists in it, running or not."""
        return self.api.head(f"/containers/{self.id}/archive", path=path) is not None

    def read(self, path: str) -> bytes | None:
        """Read a small regular file of it; None where there is none."""
        try:
            data = self.api.raw("GET", f"/containers/{self.id}/archive", query={"path": path})
        except Refused:
            return None
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            member = archive.next()
            content = archive.extractfile(member) if member and member.isreg() else None
            return content.read(LARGEST_FILE) if content else None

    def log(self) -> str:
        """Give what it wrote, both streams, at most the last 1,000 lines."""
        data = self.api.raw("GET", f"/containers/{self.id}/logs", query={"stdout": 1, "stderr": 1, "tail": 1000})
        return (data if self.config.get("Tty") else unframe(data)).decode(errors="replace")

    def now(self) -> Container:
        """Look again."""
        return Container(self.api, self.api.get(f"/containers/{self.id}/json"))


@dataclass(frozen=True)
class Image:
    """One image."""

    api: Api = field(repr=False)
    document: JSON  # as GET /images/{name}/json gave it

    @property
    def id(self) -> str:
        """The full id, sha256:…"""
        return str(self.document["Id"])

    @property
    def tags(self) -> list[str]:
        """Its tags."""
        return list(self.document.get("RepoTags") or [])

    @property
    def layers(self) -> list[str]:
        """The digests of its layers, lowest first."""
        return list(self.document["RootFS"].get("Layers") or [])

    @property
    def config(self) -> JSON:
        """The run-time defaults."""
        return dict(self.document.get("Config") or {})

    @property
    def comment(self) -> str:
        """The message it was committed or imported with."""
        return str(self.document.get("Comment") or "")

    @property
    def author(self) -> str:
        """Who made it, where that was said."""
        return str(self.document.get("Author") or "")

    def history(self) -> list[JSON]:
        """Give its steps, newest first."""
        return list(self.api.get(f"/images/{self.id}/history"))

    def extends(self, base: Image) -> bool:
        """Say whether it is the base's layers with more on top."""
        return len(self.layers) > len(base.layers) and self.layers[: len(base.layers)] == base.layers

    @contextmanager
    def opened(self) -> Iterator[Container]:
        """Look into it: a container that is never started, removed afterwards."""
        made = self.api.post("/containers/create", {"Image": self.id, "Cmd": ["true"]})["Id"]
        try:
            yield Container(self.api, self.api.get(f"/containers/{made}/json"))
        finally:
            self.api.delete(f"/containers/{made}", force=1, v=1)


@dataclass(frozen=True, slots=True)
class Before:
    """What there was before the work began: tells the student's things from the course's."""

    time: float = 0.0
    images: dict[str, str] = field(default_factory=dict)  # tag -> id
    containers: tuple[str, ...] = ()  # ids

    @classmethod
    def seen(cls, api: Api) -> Before:
        """Look at an engine now."""
        listed = api.get("/images/json")
        images = {str(tag): str(image["Id"]) for image in listed for tag in image.get("RepoTags") or []}
        return cls(time.time(), images, tuple(str(one["Id"]) for one in api.get("/containers/json", all=1)))

    @classmethod
    def read(cls, data: JSON) -> Before:
        """Make it of JSON data."""
        return cls(float(data["time"]), dict(data["images"]), tuple(data["containers"]))

    def data(self) -> JSON:
        """Give it as JSON data."""
        return {"time": self.time, "images": self.images, "containers": list(self.containers)}

    def image(self, name: str) -> str:
        """Give the id that a tag had; the course image has to be there."""
        tag = name if ":" in name else f"{name}:latest"
        if tag not in self.images:
            raise Ungradable(f"the course image {tag} was not there when the exercise began")
        return self.images[tag]


@dataclass(frozen=True)
class Facts:
    """The system as it is now."""

    api: Api

    def container(self, name: str) -> Container:
        """Find a container by its name; its absence fails the check."""
        try:
            return Container(self.api, self.api.get(f"/containers/{quote(name)}/json"))
        except Refused as error:
            if error.status != 404:
                raise Ungradable(f"the engine would not show container {name}: {error}") from None
            there = ", ".join(sorted(one.name for one in self.containers())) or "none at all"
            raise Fail(
                expected=f"a container named {name}", found=f"these containers: {there}", look="docker ps -a"
            ) from None

    def containers(self, **filters: str) -> list[Container]:
        """List containers, newest first, running or not."""
        wanted = json_filters(filters)
        listed = self.api.get("/containers/json", all=1, filters=wanted)
        documents = (self.inspect(str(one["Id"])) for one in listed)
        return [Container(self.api, document) for document in documents if document]

    def inspect(self, id: str) -> JSON | None:
        """Inspect a container that may vanish meanwhile."""
        try:
            return dict(self.api.get(f"/containers/{id}/json"))
        except Refused:
            return None

    def image(self, name: str) -> Image:
        """Find an image by its tag or id; its absence fails the check."""
        found = self.find_image(name)
        if found is None:
            there = ", ".join(self.tags()) or "none at all"
            raise Fail(expected=f"an image {name}", found=f"these images: {there}", look="docker images")
        return found

    def find_image(self, name: str) -> Image | None:
        """Find an image, or None."""
        try:
            return Image(self.api, self.api.get(f"/images/{quote(name)}/json"))
        except Refused:
            return None

    def tags(self) -> list[str]:
        """List the tags of all images."""
        listed = self.api.get("/images/json")
        return sorted(tag for image in listed for tag in image.get("RepoTags") or [])


def disagreement(claim: str, found: kernel.Process | None) -> Fail:
    """Make the failure for two witnesses that do not say the same."""
    kernel_says = f"process {found.pid} is in {found.cgroups[-1]}" if found else "there is no such process"
    return Fail(
        expected="the engine and the kernel to say the same",
        found=f"the engine says: {claim}; the kernel says: {kernel_says}",
        because="every fact is asked of both",
    )


def unframe(data: bytes) -> bytes:
    """Take the stream headers out of a log: 1 byte stream, 3 unused, 4 length, then as many bytes."""
    out, place = bytearray(), 0
    while place + 8 <= len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "big")
        out += data[place + 8 : place + 8 + length]
        place += 8 + length
    return bytes(out)


def json_filters(filters: dict[str, str]) -> str:
    """Spell filters as the Engine API wants them."""
    return json.dumps({key: [value] for key, value in filters.items()})


def quote(name: str) -> str:
    """Make a name fit for a path; image names keep their slashes."""
    return urllib.parse.quote(name, safe="/:@")
