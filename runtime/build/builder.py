"""The classic builder: every instruction makes an image, and a RUN is an ordinary container, committed.

What this version builds is FROM, RUN and everything that changes the configuration. COPY and ADD, several stages
and the cache are refused or absent: they come with the registry.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from ..engine import clock, instructions
from ..engine.engine import Engine
from ..errors import BadRequest, EngineError, NotFound, Unsupported
from ..model import reference
from ..model.image import Image
from . import dockerfile
from .dockerfile import Instruction

JSON = dict[str, Any]
EXPANDED = ("ENV", "EXPOSE", "FROM", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")


@dataclass(frozen=True, slots=True)
class Options:
    """What the client asked for besides the Dockerfile."""

    tags: tuple[str, ...] = ()
    arguments: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    keep_containers: bool = False  # --rm=false
    network: str = "default"


class Build:
    """One build, from its first instruction to its tags."""

    def __init__(self, engine: Engine, text: str, options: Options) -> None:
        self.engine, self.options = engine, options
        self.steps = dockerfile.parse(text)
        self.tags = [reference.tagged(tag).familiar for tag in options.tags]
        self.image: Image | None = None
        self.variables: dict[str, str] = {}

    async def run(self) -> AsyncIterator[JSON]:
        """Run all instructions, yielding what `docker build` prints."""
        for number, step in enumerate(self.steps, 1):
            yield _said(f"Step {number}/{len(self.steps)} : {step.text}\n")
            async for line in self._step(step):
                yield line
        if self.options.labels:
            self._configure(Instruction("LABEL", json.dumps(self.options.labels), 0), {"Labels": self.options.labels})
        assert self.image is not None
        yield {"aux": {"ID": self.image.id}}
        yield _said(f"Successfully built {_short(self.image)}\n")
        for tag in self.tags:
            self.engine.images.name(self.image.id, tag)
            yield _said(f"Successfully tagged {tag}\n")

    async def _step(self, step: Instruction) -> AsyncIterator[JSON]:
        if step.word == "FROM":
            yield self._from(step)
            return
        if step.word == "ARG":
            self._argument(step)
            return
        if self.image is None:
            raise BadRequest("No build stage in current context")
        if step.word in ("COPY", "ADD"):
            raise Unsupported(f"{step.word} is not part of this version of docklab's builder")
        if step.word == "RUN":
            async for line in self._command(step):
                yield line
        else:
            rest = dockerfile.expand(step.rest, self._known()) if step.word in EXPANDED else step.rest
            if step.word == "MAINTAINER":
                self._configure(step, {})
            else:
                self._configure(step, instructions.apply(self.image.config, [f"{step.word} {rest}"]))
        yield _said(f" ---> {_short(self.image)}\n")

    def _from(self, step: Instruction) -> JSON:
        if self.image is not None:
            raise Unsupported("several stages are not part of this version of docklab's builder")
        name = dockerfile.expand(step.rest.split()[0], self.variables)
        try:
            self.image = self.engine.images.find(name)
        except NotFound as error:
            raise NotFound(
                f"pull access denied for {name}, repository does not exist or may require 'docker login': denied: "
                "requested access to the resource is denied"
            ) from error
        return _said(f" ---> {_short(self.image)}\n")

    def _argument(self, step: Instruction) -> None:
        name, _, default = step.rest.partition("=")
        value = self.options.arguments.get(name, dockerfile.expand(default.strip("\"'"), self._known()))
        self.variables[name] = value

    def _known(self) -> dict[str, str]:
        """The variables of ARG, and over them those of ENV."""
        entries = (self.image.config.get("Env") or []) if self.image else []
        return self.variables | {key: value for key, _, value in (entry.partition("=") for entry in entries)}

    async def _command(self, step: Instruction) -> AsyncIterator[JSON]:
        """RUN: an ordinary container, started the ordinary way; its changes become a layer."""
        assert self.image is not None
        shell = self.image.config.get("Shell") or ["/bin/sh", "-c"]
        words = json.loads(step.rest) if _is_exec_form(step.rest) else [*shell, step.rest]
        body = {
            "Image": self.image.id, "Cmd": words, "Entrypoint": [], "HostConfig": {"NetworkMode": self.options.network},
            "Env": [f"{name}={value}" for name, value in self.variables.items()],
        }
        containers = self.engine.containers
        identity, _warnings = await containers.create(None, body)
        try:
            yield _said(f" ---> Running in {identity[:12]}\n")
            waiter = await containers.wait(identity, condition="next-exit")
            attached = await containers.attach(identity, stdin=False, stdout=True, stderr=True, logs=True, stream=True)
            await containers.start(identity)
            async for _stream, data in attached:
                yield _said(data.decode(errors="replace"))
            code, _error = await waiter.result()
            if code:
                raise EngineError(f"The command '{' '.join(words)}' returned a non-zero code: {code}")
            self.image = await self._committed(identity, words)
        finally:
            if not self.options.keep_containers:
                with contextlib.suppress(EngineError):
                    await containers.remove(identity, force=True, volumes=True)
        if not self.options.keep_containers:
            yield _said(f"Removing intermediate container {identity[:12]}\n")

    async def _committed(self, identity: str, words: list[str]) -> Image:
        """Make the image of a RUN: the container's layer over the configuration from before."""
        assert self.image is not None
        container = self.engine.containers.find(identity)
        made = await self.engine.commits.commit(container, config={}, created_by=" ".join(words), base=self.image)
        return self.engine.images.find(made)

    def _configure(self, step: Instruction, config: JSON) -> None:
        """Make an image that differs in its configuration only."""
        assert self.image is not None
        document = json.loads(json.dumps(self.image.document))
        created = clock.now()
        document["config"] = {**self.image.config, **config}
        document["created"] = created
        if step.word == "MAINTAINER":
            document["author"] = step.rest
        line = {"created": created, "created_by": f"/bin/sh -c #(nop)  {step.text}", "empty_layer": True}
        document["history"] = [*(document.get("history") or []), line]
        data = json.dumps(document, separators=(",", ":")).encode()
        self.image = self.engine.images.find(self.engine.images.add(data, parent=self.image.id))


def _is_exec_form(text: str) -> bool:
    try:
        value = json.loads(text)
    except ValueError:
        return False
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _said(text: str) -> JSON:
    return {"stream": text}


def _short(image: Image) -> str:
    return image.id.removeprefix("sha256:")[:12]
