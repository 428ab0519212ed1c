"""From the flags of `docker run` and `docker create` to the body of a create request: pure, flags in, JSON out."""

from __future__ import annotations

import os

from . import checks, devices, mounts, networking, ports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .pflag import Values

    JSON = dict[str, Any]


class BadOption(Exception):
    """A flag's value does not make sense, or not together with another's; the message is Docker's."""


def build(values: Values, words: list[str]) -> JSON:
    """Write the request's body; BadOption says what is wrong."""
    try:
        exposed, bindings = ports.published(values["publish"])
        body = config(values, words) | health(values)
        exposed |= ports.exposed(values["expose"])
        if exposed:
            body["ExposedPorts"] = exposed
        binds, anonymous = mounts.volumes(values["volume"])
        body["Volumes"] = anonymous
        body["HostConfig"] = host(values, bindings, binds)
        body["NetworkingConfig"] = {"EndpointsConfig": networking.endpoints(values)}
    except (ValueError, OSError) as error:
        raise BadOption(reason(error)) from None
    return body


def reason(error: Exception) -> str:
    """Give an error's words, a file's as Go says them."""
    if isinstance(error, OSError):
        return f"open {error.filename}: {(error.strerror or '').lower()}"
    return str(error)


def config(values: Values, words: list[str]) -> JSON:
    """Write what goes into the image-like part."""
    attached = set(values["attach"])
    if not attached:
        attached = {"stdout", "stderr"} | ({"stdin"} if values["interactive"] else set())
        attached = set() if values.get("detach") else attached
    entrypoint: list[str] | None = [values["entrypoint"]] if "entrypoint" in values.changed else None
    body: JSON = {
        "Hostname": values["hostname"],
        "Domainname": values["domainname"],
        "User": values["user"],
        "AttachStdin": "stdin" in attached,
        "AttachStdout": "stdout" in attached,
        "AttachStderr": "stderr" in attached,
        "Tty": values["tty"],
        "OpenStdin": values["interactive"],
        "StdinOnce": values["interactive"] and "stdin" in attached,
        "Env": environment(values) or None,
        "Cmd": words[1:] or None,
        "Image": words[0],
        "WorkingDir": values["workdir"],
        "Entrypoint": entrypoint,
        "OnBuild": None,
        "Labels": labels(values),
    }
    return body | optional(values)


def optional(values: Values) -> JSON:
    """Write the fields that are only sent when asked for."""
    body: JSON = {}
    if values["stop-signal"]:
        body["StopSignal"] = values["stop-signal"]
    if "stop-timeout" in values.changed:
        body["StopTimeout"] = values["stop-timeout"]
    if values["mac-address"]:
        checks.mac(values["mac-address"])
        body["MacAddress"] = values["mac-address"]
    return body


def health(values: Values) -> JSON:
    """Write the health check."""
    names = {
        "Interval": "interval",
        "Timeout": "timeout",
        "StartPeriod": "start-period",
        "StartInterval": "start-interval",
    }
    numbers = {key: values[f"health-{flag}"] for key, flag in (names | {"Retries": "retries"}).items()}
    for key, number in numbers.items():
        if number < 0:
            raise ValueError(f"--health-{(names | {'Retries': 'retries'})[key]} cannot be negative")
    asked = values["health-cmd"] or any(numbers.values())
    if values["no-healthcheck"]:
        if asked:
            raise ValueError("--no-healthcheck conflicts with --health-* options")
        return {"Healthcheck": {"Test": ["NONE"]}}
    if not asked:
        return {}
    test = {"Test": ["CMD-SHELL", values["health-cmd"]]} if values["health-cmd"] else {}
    return {"Healthcheck": test | {key: number for key, number in numbers.items() if number}}


def environment(values: Values) -> list[str]:
    """Give the variables of --env-file, then those of -e."""
    found: list[str] = []
    for name in values["env-file"]:
        found += env_file(name)
    return [*found, *values["env"]]


def env_file(name: str) -> list[str]:
    """Read a file of variables; a bare name takes its value from here and is left out without one."""
    found = []
    with open(name, encoding="utf-8") as file:
        for raw in file.read().splitlines():
            line = raw.lstrip()
            if not line or line.startswith("#"):
                continue
            key, equals, _ = line.partition("=")
            if any(blank in key for blank in " \t"):
                raise ValueError(f"invalid env file ({name}): variable '{key}' contains whitespaces")
            if not key:
                raise ValueError(f"invalid env file ({name}): no variable name on line '{line}'")
            if equals:
                found.append(line)
            elif key in os.environ:
                found.append(f"{key}={os.environ[key]}")
    return found


def labels(values: Values) -> dict[str, str]:
    """Give the labels of --label-file, then those of -l."""
    lines: list[str] = []
    for name in values["label-file"]:
        lines += [line for line in env_file_lines(name) if line]
    for label in lines:
        checks.label(label)
    return pairs([*lines, *values["label"]])


def env_file_lines(name: str) -> list[str]:
    """Read the lines of a label file that say something."""
    with open(name, encoding="utf-8") as file:
        return [line.strip() for line in file if not line.lstrip().startswith("#")]


def pairs(words: list[str]) -> dict[str, str]:
    """Turn `a=b` words into a map."""
    return {key: value for key, _, value in (word.partition("=") for word in words)}


def host(values: Values, bindings: Any, binds: list[str]) -> JSON:
    """Write the host's part."""
    body: JSON = {
        "Binds": binds or None,
        "ContainerIDFile": values["cidfile"],
        "LogConfig": {"Type": values["log-driver"], "Config": logging(values)},
        "NetworkMode": networking.mode(values),
        "PortBindings": bindings,
        "RestartPolicy": restart_policy(values["restart"]),
        "AutoRemove": values["rm"],
        "VolumeDriver": values["volume-driver"],
        "VolumesFrom": values["volumes-from"] or None,
        "ConsoleSize": [0, 0],
        "CapAdd": capabilities(values["cap-add"]),
        "CapDrop": capabilities(values["cap-drop"]),
        "Dns": values["dns"],
        "DnsOptions": values["dns-option"],
        "DnsSearch": values["dns-search"],
        "ExtraHosts": values["add-host"] or None,
        "GroupAdd": values["group-add"] or None,
        "Links": values["link"] or None,
        "OomScoreAdj": values["oom-score-adj"],
        "Privileged": values["privileged"],
        "PublishAllPorts": values["publish-all"],
        "ReadonlyRootfs": values["read-only"],
        "ShmSize": values["shm-size"],
        "Isolation": values["isolation"],
    }
    if values["rm"] and body["RestartPolicy"]["Name"] not in ("no", ""):
        raise ValueError("conflicting options: cannot specify both --restart and --rm")
    return body | namespaces(values) | security(values["security-opt"]) | resources(values) | host_optional(values)


def capabilities(names: list[str]) -> list[str] | None:
    """Write capabilities with their prefix, once each."""
    upper = [name.strip().upper() for name in names]
    full = {name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}" for name in upper}
    return sorted(full) or None


def host_optional(values: Values) -> JSON:
    """Write the fields of the host's part that are only sent when asked for."""
    body: JSON = {}
    if values["tmpfs"]:
        body["Tmpfs"] = mounts.tmpfs(values["tmpfs"])
    if values["mount"]:
        body["Mounts"] = values["mount"]
    if "init" in values.changed:
        body["Init"] = values["init"]
    for flag, key in (("annotation", "Annotations"), ("storage-opt", "StorageOpt"), ("sysctl", "Sysctls")):
        if values[flag]:
            body[key] = pairs(values[flag])
    if any("=" not in option for option in values["storage-opt"]):
        raise ValueError("invalid storage option")
    if values["runtime"]:
        body["Runtime"] = values["runtime"]
    return body


def namespaces(values: Values) -> JSON:
    """Write the namespace modes, refusing what cannot be one."""
    kinds = (("pid", "PID", ("", "host")), ("uts", "UTS", ("", "host")), ("userns", "USER", ("", "host")))
    for flag, title, allowed in (*kinds, ("cgroupns", "CGROUP", ("", "host", "private"))):
        value = values[flag]
        if value not in allowed and not (flag == "pid" and value.startswith("container:") and len(value) > 10):
            raise ValueError(f"--{flag}: invalid {title} mode")
    return {
        "CgroupnsMode": values["cgroupns"],
        "IpcMode": values["ipc"],
        "Cgroup": "",
        "PidMode": values["pid"],
        "UTSMode": values["uts"],
        "UsernsMode": values["userns"],
    }


def security(options: list[str]) -> JSON:
    """Write the security options; a seccomp profile's file is read here."""
    kept = []
    body: JSON = {"MaskedPaths": None, "ReadonlyPaths": None}
    for option in options:
        name, equals, value = option.partition("=") if "=" in option else option.partition(":")
        if not equals and option != "no-new-privileges":
            raise ValueError(f"Invalid --security-opt: {option!r}".replace("'", '"'))
        if option == "systempaths=unconfined":
            body = {"MaskedPaths": [], "ReadonlyPaths": []}
        elif name == "seccomp" and value not in ("unconfined", "builtin"):
            kept.append(f"seccomp={profile(value)}")
        else:
            kept.append(option)
    return body | {"SecurityOpt": kept if options else None}


def profile(name: str) -> str:
    """Read a seccomp profile."""
    import json

    try:
        with open(name, encoding="utf-8") as file:
            return json.dumps(json.load(file), separators=(",", ":"))
    except OSError as error:
        raise ValueError(f"opening seccomp profile ({name}) failed: {reason(error)}") from None
    except ValueError:
        raise ValueError(f"compacting json for seccomp profile ({name}) failed: invalid JSON") from None


def resources(values: Values) -> JSON:
    """Write the limits."""
    swappiness = values["memory-swappiness"]
    if swappiness != -1 and not 0 <= swappiness <= 100:
        raise ValueError(f"invalid value: {swappiness}. Valid memory swappiness range is 0-100")
    body: JSON = {key: values[flag] for key, flag in LIMITS}
    body |= {
        "BlkioWeightDevice": values["blkio-weight-device"],
        "BlkioDeviceReadBps": values["device-read-bps"],
        "BlkioDeviceWriteBps": values["device-write-bps"],
        "BlkioDeviceReadIOps": values["device-read-iops"],
        "BlkioDeviceWriteIOps": values["device-write-iops"],
        "Devices": [devices.device(text) for text in values["device"]],
        "DeviceCgroupRules": values["device-cgroup-rule"] or None,
        "DeviceRequests": values["gpus"] or None,
        "Ulimits": values["ulimit"],
    }
    if values["kernel-memory"]:
        body["KernelMemory"] = values["kernel-memory"]
    return body


LIMITS = (
    ("CpuShares", "cpu-shares"),
    ("Memory", "memory"),
    ("NanoCpus", "cpus"),
    ("CgroupParent", "cgroup-parent"),
    ("BlkioWeight", "blkio-weight"),
    ("CpuPeriod", "cpu-period"),
    ("CpuQuota", "cpu-quota"),
    ("CpuRealtimePeriod", "cpu-rt-period"),
    ("CpuRealtimeRuntime", "cpu-rt-runtime"),
    ("CpusetCpus", "cpuset-cpus"),
    ("CpusetMems", "cpuset-mems"),
    ("MemoryReservation", "memory-reservation"),
    ("MemorySwap", "memory-swap"),
    ("MemorySwappiness", "memory-swappiness"),
    ("OomKillDisable", "oom-kill-disable"),
    ("PidsLimit", "pids-limit"),
    ("CpuCount", "cpu-count"),
    ("CpuPercent", "cpu-percent"),
    ("IOMaximumIOps", "io-maxiops"),
    ("IOMaximumBandwidth", "io-maxbandwidth"),
)


def logging(values: Values) -> dict[str, str]:
    """Give the log driver's options."""
    if values["log-driver"] == "none" and values["log-opt"]:
        raise ValueError("invalid logging opts for driver none")
    return pairs(values["log-opt"])


def restart_policy(text: str) -> JSON:
    """Read `always`, `on-failure:3`, …"""
    name, colon, count = text.partition(":")
    if colon and not name:
        raise ValueError("invalid restart policy format: no policy provided before colon")
    if not colon:
        return {"Name": name, "MaximumRetryCount": 0}
    try:
        return {"Name": name, "MaximumRetryCount": checks.whole(count)}
    except ValueError:
        raise ValueError("invalid restart policy format: maximum retry count must be an integer") from None
