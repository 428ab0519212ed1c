"""An image as `docker image inspect` and as `docker images` see it."""

from __future__ import annotations

from typing import Any

from ...model.image import Image

JSON = dict[str, Any]
Version = tuple[int, int]

NEVER = "0001-01-01T00:00:00Z"
_CONFIG: JSON = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": None,
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": None,
}


def inspect(image: Image, *, lowers: list[str], version: Version) -> JSON:
    """Give everything there is to say about an image."""
    document = image.document
    result: JSON = {
        "Id": image.id,
        "RepoTags": list(image.tags),
        "RepoDigests": list(image.digests),
        "Parent": image.parent,
        "Comment": _comment(document),
        "Created": document.get("created") or NEVER,
        "DockerVersion": document.get("docker_version", ""),
        "Author": document.get("author", ""),
        "Config": {**_CONFIG, **image.config},
        "Architecture": document.get("architecture", ""),
        "Os": document.get("os", ""),
        "Size": image.size,
        "GraphDriver": {"Data": _layers(lowers), "Name": "overlay2"},
        "RootFS": {"Type": "layers", "Layers": (document.get("rootfs") or {}).get("diff_ids") or []},
        "Metadata": {"LastTagTime": NEVER},
    }
    if document.get("variant"):
        result["Variant"] = document["variant"]
    if version < (1, 45):
        result["Container"] = document.get("container", "")
        result["ContainerConfig"] = {**_CONFIG, **(document.get("container_config") or {})}
    if version < (1, 44):
        result["VirtualSize"] = image.size
    return result


def _comment(document: JSON) -> str:
    history = document.get("history") or [{}]
    return str(document.get("comment") or history[-1].get("comment") or "")


def _layers(lowers: list[str]) -> JSON:
    if not lowers:
        return {}
    below = {"LowerDir": ":".join(lowers[1:])} if lowers[1:] else {}
    return {**below, "UpperDir": lowers[0]}


def summary(image: Image, *, created: int, containers: int, shared: int, version: Version) -> JSON:
    """Give one line of the list; -1 is "not counted"."""
    result: JSON = {
        "Containers": containers,
        "Created": max(0, created // 10**9),
        "Id": image.id,
        "Labels": image.config.get("Labels"),
        "ParentId": image.parent,
        "RepoDigests": list(image.digests),
        "RepoTags": list(image.tags),
        "SharedSize": shared,
        "Size": image.size,
    }
    if version < (1, 44):
        result["VirtualSize"] = image.size
    return result
