"""Images: finding, listing, naming, removing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest, Conflict, NotFound
from ..model import documents, reference, times
from ..model.container import Container
from ..model.filters import Filters
from ..model.image import Image
from ..store.blobs import Blobs
from ..store.layers import chain_id
from ..store.refs import Refs
from . import clock, image_archives, loading

if TYPE_CHECKING:
    from .engine import Engine

JSON = dict[str, Any]
log = logging.getLogger(__name__)


class Images:
    """The images of this machine.

    Design note. Source of truth: the blobs (configurations), the layers and the file of names. An image exists when
    its configuration and all its layers do; what a crash left half made has no name and no configuration. Lock:
    `changing`, held while layers are unpacked and registered or removed, so that nobody takes away what another is
    about to build upon; never while a client's data is waited for.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        root = engine.settings.data_root
        self.blobs = Blobs(root / "blobs")
        self.refs = Refs(root / "refs.json")
        self.parents = Refs(root / "parents.json")  # child id -> id of the image it was committed from
        self.changing = asyncio.Lock()
        self._documents: dict[str, JSON] = {}

    def load_all(self) -> None:
        """Read the configurations of all images."""
        damaged = False
        for digest in self.blobs.all():
            try:
                document = documents.parse(self.blobs.read(digest))
            except (BadRequest, NotFound) as error:
                log.error("image %s is left out: %s", digest, error.message)
                damaged = True
                continue
            if self._complete(document):
                self._documents[digest] = document
            else:
                log.error("image %s is left out: a layer of it is missing", digest)
                damaged = True
        if not damaged:  # a layer may be that of an image that can be mended, or of a container made from it
            self.drop_layers([layer.chain_id for layer in self.engine.layers.all()])

    def _complete(self, document: JSON) -> bool:
        """Say whether an image's layers are there; without them it is none."""
        return "rootfs" in document and all(self.engine.layers.get(chain) for chain in chains_of(document))

    def add(self, data: bytes, *, parent: str = "") -> str:
        """Make an image of a configuration whose layers are there; give its id."""
        identity = self.blobs.add(data)
        self._documents[identity] = json.loads(data)
        if parent:
            self.parents.set(identity, parent)
        return identity

    def _image(self, identity: str) -> Image:
        document = self._documents[identity]
        chains = chains_of(document)
        layers = [self.engine.layers.get(chain) for chain in chains]
        names = self.refs.of(identity)
        return Image(
            id=identity,
            document=document,
            size=sum(layer.size for layer in layers if layer is not None),
            layers=tuple(chains),
            tags=tuple(name for name in names if "@" not in name),
            digests=tuple(name for name in names if "@" in name),
            parent=self.parents.get(identity) or "",
        )

    def all(self) -> list[Image]:
        """List all images, newest first."""
        found = [self._image(identity) for identity in self._documents]
        return sorted(found, key=lambda image: str(image.document.get("created") or ""), reverse=True)

    def find(self, ref: str) -> Image:
        """Find an image by name, id, or unique beginning of its id."""
        identity = self._id(ref)
        if identity is None:
            raise NotFound(f"No such image: {_familiar(ref)}")
        return self._image(identity)

    def _id(self, ref: str) -> str | None:
        bare = ref.removeprefix("sha256:")
        if f"sha256:{bare}" in self._documents:
            return f"sha256:{bare}"
        with contextlib.suppress(BadRequest):
            found = reference.tagged(ref)
            if (identity := self.refs.get(found.familiar)) in self._documents:
                return identity
        if not re.fullmatch(r"[0-9a-f]{1,64}", bare):
            return None
        matches = [one for one in self._documents if one.startswith(f"sha256:{bare}")]
        return matches[0] if len(matches) == 1 else None

    def resolve_for_create(self, ref: str) -> Image:
        """Find the image of a new container; the client pulls one that is not there when it reads this answer."""
        if not ref:
            raise BadRequest("no image was specified")
        identity = self._id(ref)
        if identity is None:
            raise NotFound(f"No such image: {reference.tagged(ref).familiar}")
        return self._image(identity)

    def check_reference(self, name: str, tag: str = "") -> None:
        """Refuse a name that is none."""
        reference.tagged(f"{name}:{tag}" if tag and not tag.startswith("sha256:") else name)

    def lowers(self, image: Image) -> list[Path]:
        """Give the folders of an image's layers, the top one first."""
        found = [self.engine.layers.get(chain) for chain in reversed(image.layers)]
        return [Path(layer.folder) for layer in found if layer is not None]

    def history(self, ref: str) -> list[JSON]:
        """Give how an image came about, the last step first."""
        image = self.find(ref)
        sizes = iter([layer.size for chain in image.layers if (layer := self.engine.layers.get(chain))])
        lines: list[JSON] = []
        for step in image.document.get("history") or []:
            created = str(step.get("created") or "")
            lines.append(
                {
                    "Id": "<missing>",
                    "Created": clock.parse(created) // 10**9 if created.endswith("Z") else 0,
                    "CreatedBy": step.get("created_by") or "",
                    "Tags": None,
                    "Size": 0 if step.get("empty_layer") else next(sizes, 0),
                    "Comment": step.get("comment") or "",
                }
            )
        lines.reverse()
        self._name_history(image, lines)
        return lines

    def _name_history(self, image: Image, lines: list[JSON]) -> None:
        """Steps that are images of their own on this machine show their ids."""
        here: Image | None = image
        steps = iter(lines)
        while here is not None and (line := next(steps, None)) is not None:
            line["Id"], line["Tags"] = here.id, list(here.tags) or None
            older = len(here.document.get("history") or [])
            here = self._image(here.parent) if here.parent in self._documents else None
            for _ in range(older - len((here.document.get("history") if here else None) or []) - 1):
                next(steps, None)

    async def tag(self, ref: str, repo: str, tag: str) -> None:
        """Give an image another name."""
        image = self.find(ref)
        name = reference.tagged(f"{repo}:{tag}" if tag else repo)
        if name.digest:
            raise BadRequest("refusing to create a tag with a digest reference")
        self.name(image.id, name.familiar)
        self._announce("tag", image.id, name.familiar)

    def name(self, identity: str, name: str) -> None:
        """Point a full name to an image."""
        self.refs.set(name, identity)

    def _announce(self, action: str, identity: str, name: str = "") -> None:
        labels = (self._documents.get(identity, {}).get("config") or {}).get("Labels") or {}
        self.engine.events.publish("image", action, identity, {**labels, "name": name or identity})

    def users(self, identity: str) -> list[Container]:
        """List the containers made from an image."""
        return [container for container in self.engine.containers.all() if container.image == identity]

    async def remove(self, ref: str, *, force: bool = False, noprune: bool = False) -> list[JSON]:
        """Untag an image, and delete it when that was its last name; Conflict says who needs it."""
        async with self.changing:
            return self._remove(ref, force=force, noprune=noprune)

    def _remove(self, ref: str, *, force: bool, noprune: bool) -> list[JSON]:
        image = self.find(ref)
        by_id = image.id.removeprefix("sha256:").startswith(ref.removeprefix("sha256:"))
        names = [*image.tags, *image.digests]
        if not by_id and len(names) > 1:
            return [self._untag(image, reference.tagged(ref).familiar)]
        if not by_id:
            self._check_name(image, ref, force=force)
        else:
            repositories = {reference.parse(name).name for name in names}
            if len(repositories) > 1 and not force:
                raise Conflict(_refusal(image, "must be forced", "image is referenced in multiple repositories"))
            self._check_id(image, force=force)
        answer = [self._untag(image, name) for name in names]
        if not self.users(image.id):
            answer += self._delete(image, prune_parents=not noprune)
        return answer

    def _check_name(self, image: Image, ref: str, *, force: bool) -> None:
        for container in self.users(image.id):
            if not force:
                raise Conflict(
                    f'conflict: unable to remove repository reference "{ref}" (must force) - container '
                    f"{container.id[:12]} is using its referenced image {image.id[7:19]}"
                )

    def _check_id(self, image: Image, *, force: bool) -> None:
        for container in self.users(image.id):
            if container.state.running:
                reason = f"image is being used by running container {container.id[:12]}"
                raise Conflict(_refusal(image, "cannot be forced", reason))
            if not force:
                reason = f"image is being used by stopped container {container.id[:12]}"
                raise Conflict(_refusal(image, "must be forced", reason))
        if self._children(image.id):
            raise Conflict(_refusal(image, "cannot be forced", "image has dependent child images"))

    def _children(self, identity: str) -> list[str]:
        return [child for child in self._documents if self.parents.get(child) == identity]

    def _untag(self, image: Image, name: str) -> JSON:
        self.refs.remove(name)
        self._announce("untag", image.id, image.id)
        return {"Untagged": name}

    def _delete(self, image: Image, *, prune_parents: bool) -> list[JSON]:
        """Delete an image without names and its layers that no other image has; then its nameless parents."""
        if self._children(image.id):
            return []
        parent = image.parent
        self._announce("delete", image.id, image.id)
        self.blobs.remove(image.id)
        del self._documents[image.id]
        self.parents.remove(image.id)
        answer: list[JSON] = [{"Deleted": image.id}]
        for chain in reversed(self._unused_layers(image)):
            self.engine.layers.remove(chain)
            answer.append({"Deleted": chain})
        if prune_parents and parent in self._documents and not self.refs.of(parent) and not self.users(parent):
            answer += self._delete(self._image(parent), prune_parents=True)
        return answer

    def _unused_layers(self, image: Image) -> list[str]:
        return self._unused(image.layers)

    def _unused(self, chains: Iterable[str]) -> list[str]:
        used = {chain for document in self._documents.values() for chain in chains_of(document)}
        return [chain for chain in chains if chain not in used]

    def drop_layers(self, chains: Iterable[str]) -> None:
        """Delete those of these layers that no image has: what an unfinished load or commit leaves."""
        for chain in self._unused(chains):
            if self.engine.layers.get(chain) is not None:
                self.engine.layers.remove(chain)

    async def prune(self, filters: Filters) -> tuple[list[JSON], int]:
        """Delete the images without a name and a container (with dangling=false all without a container)."""
        filters.check(frozenset({"dangling", "label", "label!", "until"}))
        async with self.changing:
            return self._prune(filters)

    def _prune(self, filters: Filters) -> tuple[list[JSON], int]:
        dangling = filters.flag("dangling", default=True)
        answer: list[JSON] = []
        before = sum(layer.size for layer in self.engine.layers.all())
        for image in self.all():
            if image.id not in self._documents or self.users(image.id) or self._children(image.id):
                continue
            if (dangling and image.tags) or not filters.labelled(image.config.get("Labels")):
                continue
            if not _older(image, filters):
                continue
            answer += [self._untag(image, name) for name in (*image.tags, *image.digests)]
            answer += self._delete(image, prune_parents=True)
        return answer, before - sum(layer.size for layer in self.engine.layers.all())

    def load(self, stream: AsyncIterator[bytes], *, quiet: bool) -> AsyncIterator[JSON]:
        """Load the images of an archive; yields Docker's progress lines."""
        return loading.load(self.engine, stream, quiet=quiet)

    def save(self, refs: list[str]) -> AsyncIterator[bytes]:
        """Give images as one archive."""
        return image_archives.save(self.engine, refs)

    def import_(
        self, stream: AsyncIterator[bytes], repo: str, tag: str, message: str, changes: list[str]
    ) -> AsyncIterator[JSON]:
        """Make an image of one layer from a tar of a root file system."""
        return image_archives.import_(self.engine, stream, repo, tag, message, changes)


def chains_of(document: JSON) -> list[str]:
    """Give the chain ids of an image's layers, the lowest first."""
    chains: list[str] = []
    for diff_id in (document.get("rootfs") or {}).get("diff_ids") or []:
        chains.append(chain_id(chains[-1] if chains else "", diff_id))
    return chains


def _refusal(image: Image, forced: str, reason: str) -> str:
    return f"conflict: unable to delete {image.id[7:19]} ({forced}) - {reason}"


def _older(image: Image, filters: Filters) -> bool:
    created = str(image.document.get("created") or "")
    limits = [times.moment(text, now=clock.now_ns()) for text in filters.get("until")]
    return all(created.endswith("Z") and clock.parse(created) < limit for limit in limits)


def _familiar(ref: str) -> str:
    """Name what was not found as Docker does: with the tag that was meant."""
    try:
        return ref if ref.startswith("sha256:") else reference.tagged(ref).familiar
    except BadRequest:
        return ref
