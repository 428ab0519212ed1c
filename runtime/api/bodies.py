"""JSON bodies: parsing that survives hostile input, and the shapes of what the Engine API takes.

A shape says the type of every field, as the structs do in Docker's Go. It is checked here once, so that the engine
never meets a text where a number belongs; the words are those of Go's decoder.
"""

from __future__ import annotations

import json
from typing import Any, cast

from ..errors import BadRequest

JSON = dict[str, Any]

TEXT, BOOL, INT, NUMBER, ANY = "string", "bool", "int64", "float64", "any"
TEXTS, WORDS, MAP, SET = "[]string", "strslice.StrSlice", "map[string]string", "map[string]struct {}"
SIZE = "[2]uint"
Shape = dict[str, Any]  # field -> one of the above, a Shape, [Shape] (list of), or {"*": …} (map of)

_POLICY: Shape = {"Name": TEXT, "MaximumRetryCount": INT}
_RATES: list[Shape] = [{"Path": TEXT, "Rate": INT}]
RESOURCES: Shape = {
    "CpuShares": INT, "Memory": INT, "NanoCpus": INT, "CgroupParent": TEXT, "BlkioWeight": INT,
    "BlkioWeightDevice": [{"Path": TEXT, "Weight": INT}], "BlkioDeviceReadBps": _RATES, "BlkioDeviceWriteBps": _RATES,
    "BlkioDeviceReadIOps": _RATES, "BlkioDeviceWriteIOps": _RATES, "CpuPeriod": INT, "CpuQuota": INT,
    "CpuRealtimePeriod": INT, "CpuRealtimeRuntime": INT, "CpusetCpus": TEXT, "CpusetMems": TEXT,
    "Devices": [{"PathOnHost": TEXT, "PathInContainer": TEXT, "CgroupPermissions": TEXT}], "DeviceCgroupRules": TEXTS,
    "DeviceRequests": [{"Driver": TEXT, "Count": INT, "DeviceIDs": TEXTS, "Options": MAP}], "KernelMemory": INT,
    "KernelMemoryTCP": INT, "MemoryReservation": INT, "MemorySwap": INT, "MemorySwappiness": INT,
    "OomKillDisable": BOOL, "PidsLimit": INT, "Ulimits": [{"Name": TEXT, "Soft": INT, "Hard": INT}], "CpuCount": INT,
    "CpuPercent": INT, "IOMaximumIOps": INT, "IOMaximumBandwidth": INT,
}  # fmt: skip
UPDATE: Shape = {**RESOURCES, "RestartPolicy": _POLICY}
_MOUNT: Shape = {
    "Type": TEXT, "Source": TEXT, "Target": TEXT, "ReadOnly": BOOL, "Consistency": TEXT,
    "BindOptions": {"Propagation": TEXT, "NonRecursive": BOOL, "CreateMountpoint": BOOL,
                    "ReadOnlyNonRecursive": BOOL, "ReadOnlyForceRecursive": BOOL},
    "VolumeOptions": {"NoCopy": BOOL, "Labels": MAP, "DriverConfig": {"Name": TEXT, "Options": MAP}, "Subpath": TEXT},
    "TmpfsOptions": {"SizeBytes": INT, "Mode": INT},
}  # fmt: skip
HOST: Shape = {
    **RESOURCES,
    "Binds": TEXTS, "ContainerIDFile": TEXT, "LogConfig": {"Type": TEXT, "Config": MAP}, "NetworkMode": TEXT,
    "PortBindings": {"*": [{"HostIp": TEXT, "HostPort": TEXT}]}, "RestartPolicy": _POLICY, "AutoRemove": BOOL,
    "VolumeDriver": TEXT, "VolumesFrom": TEXTS, "CapAdd": WORDS, "CapDrop": WORDS, "CgroupnsMode": TEXT, "Dns": TEXTS,
    "DnsOptions": TEXTS, "DnsSearch": TEXTS, "ExtraHosts": TEXTS, "GroupAdd": TEXTS, "IpcMode": TEXT, "Cgroup": TEXT,
    "Links": TEXTS, "OomScoreAdj": INT, "PidMode": TEXT, "Privileged": BOOL, "PublishAllPorts": BOOL,
    "ReadonlyRootfs": BOOL, "SecurityOpt": TEXTS, "StorageOpt": MAP, "Tmpfs": MAP, "UTSMode": TEXT,
    "UsernsMode": TEXT, "ShmSize": INT, "Sysctls": MAP, "Runtime": TEXT, "Isolation": TEXT, "Mounts": [_MOUNT],
    "MaskedPaths": TEXTS, "ReadonlyPaths": TEXTS, "Init": BOOL, "Annotations": MAP,
    "ConsoleSize": SIZE,
}  # fmt: skip
ENDPOINT: Shape = {
    "IPAMConfig": {"IPv4Address": TEXT, "IPv6Address": TEXT, "LinkLocalIPs": TEXTS}, "Links": TEXTS, "Aliases": TEXTS,
    "MacAddress": TEXT, "DriverOpts": MAP,
}  # fmt: skip
CONFIG: Shape = {
    "Hostname": TEXT, "Domainname": TEXT, "User": TEXT, "AttachStdin": BOOL, "AttachStdout": BOOL,
    "AttachStderr": BOOL, "ExposedPorts": SET, "Tty": BOOL, "OpenStdin": BOOL, "StdinOnce": BOOL, "Env": TEXTS,
    "Cmd": WORDS, "ArgsEscaped": BOOL, "Image": TEXT, "Volumes": SET, "WorkingDir": TEXT, "Entrypoint": WORDS,
    "NetworkDisabled": BOOL, "MacAddress": TEXT, "OnBuild": TEXTS, "Labels": MAP, "StopSignal": TEXT,
    "StopTimeout": INT, "Shell": WORDS,
    "Healthcheck": {"Test": TEXTS, "Interval": INT, "Timeout": INT, "Retries": INT, "StartPeriod": INT,
                    "StartInterval": INT},
}  # fmt: skip
CONTAINER: Shape = {**CONFIG, "HostConfig": HOST, "NetworkingConfig": {"EndpointsConfig": {"*": ENDPOINT}}}
EXEC: Shape = {
    "User": TEXT, "Privileged": BOOL, "Tty": BOOL, "AttachStdin": BOOL, "AttachStderr": BOOL, "AttachStdout": BOOL,
    "Detach": BOOL, "DetachKeys": TEXT, "Env": TEXTS, "WorkingDir": TEXT, "Cmd": TEXTS, "ConsoleSize": SIZE,
}  # fmt: skip
EXEC_START: Shape = {"Detach": BOOL, "Tty": BOOL, "ConsoleSize": SIZE}
VOLUME: Shape = {"Name": TEXT, "Driver": TEXT, "DriverOpts": MAP, "Labels": MAP}
_POOL: Shape = {"Subnet": TEXT, "IPRange": TEXT, "Gateway": TEXT, "AuxiliaryAddresses": MAP}
NETWORK: Shape = {
    "Name": TEXT, "CheckDuplicate": BOOL, "Driver": TEXT, "Scope": TEXT, "EnableIPv6": BOOL, "Internal": BOOL,
    "Attachable": BOOL, "Ingress": BOOL, "ConfigOnly": BOOL, "ConfigFrom": {"Network": TEXT}, "Options": MAP,
    "Labels": MAP, "IPAM": {"Driver": TEXT, "Options": MAP, "Config": [_POOL]},
}  # fmt: skip
CONNECT: Shape = {"Container": TEXT, "EndpointConfig": ENDPOINT, "Force": BOOL}
AUTH: Shape = {"username": TEXT, "password": TEXT, "email": TEXT, "serveraddress": TEXT, "identitytoken": TEXT}

_WORDS_OF_JSON = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}


def parse(raw: bytes, shape: Shape) -> JSON:
    """Read a body and check it; BadRequest in the words of Go's decoder."""
    if not raw.strip():
        raise BadRequest("invalid JSON: got EOF while reading request body")
    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=_refuse_constant)
        if value is None:
            return {}
        if b"\\ud" in raw or b"\\uD" in raw:
            value = _clean(value)
        return cast("JSON", _struct(value, shape, "", {}))
    except RecursionError:
        raise BadRequest("invalid JSON: exceeded max depth") from None
    except ValueError as error:
        raise BadRequest(f"invalid JSON: {str(error)[:200]}") from None


def _refuse_constant(text: str) -> None:
    raise ValueError(f"invalid character '{text[0]}' looking for beginning of value")


def _clean(value: Any) -> Any:
    """Replace lone surrogates, which no encoder would take later."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    return value


def _struct(value: Any, shape: Shape, where: str, lower: dict[str, str]) -> Any:
    if not isinstance(value, dict):
        raise _mismatch(value, where, "object")
    if "*" in shape:
        return {key: _field(one, shape["*"], f"{where}.{key}") for key, one in value.items()}
    result: JSON = {}
    for key, one in value.items():
        if key not in shape:
            # Go finds fields whatever the case of their letters.
            lower = lower or {name.lower(): name for name in shape}
            key = lower.get(key.lower(), key)
        if key in shape:
            result[key] = _field(one, shape[key], f"{where}.{key}" if where else key)
    return result


def _field(value: Any, kind: Any, where: str) -> Any:
    if value is None or kind is ANY:
        return value
    if isinstance(kind, dict):
        return _struct(value, kind, where, {})
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise _mismatch(value, where, "array")
        return [_struct(one or {}, kind[0], where, {}) for one in value]
    return _CHECKS[kind](value, where)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _mismatch(value, where, TEXT)
    return value


def _bool(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise _mismatch(value, where, BOOL)
    return value


def _int(value: Any, where: str) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not -(2**63) <= value < 2**63:
        raise _mismatch(value, where, INT)
    return int(value)


def _texts(value: Any, where: str) -> list[str]:
    if not isinstance(value, list):
        raise _mismatch(value, where, TEXTS)
    return [_text("" if one is None else one, where) for one in value]


def _words(value: Any, where: str) -> list[str]:
    return [value] if isinstance(value, str) else _texts(value, where)


def _map(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _mismatch(value, where, MAP)
    return {key: _text("" if one is None else one, f"{where}.{key}") for key, one in value.items()}


def _set(value: Any, where: str) -> dict[str, JSON]:
    if not isinstance(value, dict) or not all(one is None or isinstance(one, dict) for one in value.values()):
        raise _mismatch(value, where, SET)
    return {key: {} for key in value}


def _size(value: Any, where: str) -> list[int]:
    if not isinstance(value, list) or len(value) != 2:
        raise _mismatch(value, where, SIZE)
    return [_int(one, where) for one in value]


_CHECKS = {TEXT: _text, BOOL: _bool, INT: _int, TEXTS: _texts, WORDS: _words, MAP: _map, SET: _set, SIZE: _size}


def _mismatch(value: Any, where: str, wanted: str) -> BadRequest:
    found = _WORDS_OF_JSON.get(type(value), "null")
    if found == "number":
        found = f"number {value!s:.40}"
    place = f"Go struct field {where}" if where else "Go value"
    return BadRequest(f"json: cannot unmarshal {found} into {place} of type {wanted}")
