"""What a container is to be: the request, completed by the image's values and Docker's defaults. Pure."""

from __future__ import annotations

from typing import Any

from ..errors import BadRequest
from ..model.image import Image

JSON = dict[str, Any]

CONFIG_DEFAULTS: JSON = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": [],
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": {},
}
HOST_DEFAULTS: JSON = {
    "Binds": None,
    "ContainerIDFile": "",
    "LogConfig": {"Type": "json-file", "Config": {}},
    "NetworkMode": "default",
    "PortBindings": {},
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
    "AutoRemove": False,
    "VolumeDriver": "",
    "VolumesFrom": None,
    "CapAdd": None,
    "CapDrop": None,
    "CgroupnsMode": "private",
    "Dns": [],
    "DnsOptions": [],
    "DnsSearch": [],
    "ExtraHosts": None,
    "GroupAdd": None,
    "IpcMode": "private",
    "Cgroup": "",
    "Links": None,
    "OomScoreAdj": 0,
    "PidMode": "",
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "SecurityOpt": None,
    "UTSMode": "",
    "UsernsMode": "",
    "ShmSize": 64 << 20,
    "Runtime": "docklab",
    "ConsoleSize": [0, 0],
    "Isolation": "",
    "CpuShares": 0,
    "Memory": 0,
    "NanoCpus": 0,
    "CgroupParent": "",
    "BlkioWeight": 0,
    "BlkioWeightDevice": None,
    "BlkioDeviceReadBps": None,
    "BlkioDeviceWriteBps": None,
    "BlkioDeviceReadIOps": None,
    "BlkioDeviceWriteIOps": None,
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpuRealtimePeriod": 0,
    "CpuRealtimeRuntime": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": None,
    "DeviceCgroupRules": None,
    "DeviceRequests": None,
    "KernelMemory": 0,
    "KernelMemoryTCP": 0,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "MemorySwappiness": None,
    "OomKillDisable": False,
    "PidsLimit": None,
    "Ulimits": None,
    "CpuCount": 0,
    "CpuPercent": 0,
    "IOMaximumIOps": 0,
    "IOMaximumBandwidth": 0,
}
_NOT_CONFIG = {"HostConfig", "NetworkingConfig"}


def config(request: JSON, image: Image | None, identity: str) -> JSON:
    """Complete ContainerConfig: the user's values, then the image's; BadRequest where no command is left."""
    asked = {key: value for key, value in request.items() if key not in _NOT_CONFIG}
    result = CONFIG_DEFAULTS | {key: value for key, value in asked.items() if value is not None or key == "Cmd"}
    for field in ("Cmd", "Entrypoint"):
        if isinstance(result[field], str):
            result[field] = [result[field]]
    if image is not None:
        _inherit(result, image.config)
    result["Hostname"] = result["Hostname"] or _default_hostname(request, identity)
    if not (result["Entrypoint"] or result["Cmd"]):
        raise BadRequest("No command specified")
    return result


def _default_hostname(request: JSON, identity: str) -> str:
    host = request.get("HostConfig") or {}
    if host.get("NetworkMode") == "host" or host.get("UTSMode") == "host":
        with open("/proc/sys/kernel/hostname", encoding="utf-8") as file:
            return file.read().strip()
    return identity[:12]


def _inherit(result: JSON, image: JSON) -> None:
    if not result["Entrypoint"]:
        result["Cmd"] = result["Cmd"] or image.get("Cmd")
        if result["Entrypoint"] is None:
            result["Entrypoint"] = image.get("Entrypoint")
    # `--entrypoint ''` comes as [""]: the image's entry point and command are both gone.
    result["Entrypoint"] = None if result["Entrypoint"] in ([], [""]) else result["Entrypoint"]
    result["Env"] = _environment(result["Env"] or [], image.get("Env") or [])
    for field in ("User", "WorkingDir", "StopSignal", "Shell", "OnBuild"):
        if not result.get(field) and image.get(field):
            result[field] = image[field]
    for field in ("Labels", "ExposedPorts", "Volumes"):
        if image.get(field):
            result[field] = {**image[field], **(result.get(field) or {})}
    if image.get("Healthcheck"):
        result["Healthcheck"] = _health(result.get("Healthcheck") or {}, image["Healthcheck"])


def _environment(asked: list[str], inherited: list[str]) -> list[str]:
    """The user's entries first, then those of the image that the user did not name (as Docker orders them)."""
    named = {entry.partition("=")[0] for entry in asked}
    return [*asked, *(entry for entry in inherited if entry.partition("=")[0] not in named)]


def _health(asked: JSON, inherited: JSON) -> JSON:
    return inherited | {key: value for key, value in asked.items() if value}


def host(request: JSON, *, old_memory: JSON | None = None) -> JSON:
    """Complete HostConfig with Docker's defaults."""
    asked = request.get("HostConfig") or {}
    result = (old_memory or HOST_DEFAULTS) | {key: value for key, value in asked.items() if value is not None}
    if result["Memory"] > 0 and result["MemorySwap"] == 0:
        result["MemorySwap"] = result["Memory"] * 2
    result["RestartPolicy"] = HOST_DEFAULTS["RestartPolicy"] | {k: v for k, v in result["RestartPolicy"].items() if v}
    result["LogConfig"] = {
        "Type": result["LogConfig"].get("Type") or "json-file",
        "Config": result["LogConfig"].get("Config") or {},
    }
    for field in ("NetworkMode", "IpcMode", "CgroupnsMode", "ShmSize", "Runtime"):
        result[field] = result[field] or HOST_DEFAULTS[field]
    if result["Privileged"]:
        result["SecurityOpt"] = result["SecurityOpt"] or ["label=disable"]
    return result
