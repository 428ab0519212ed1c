"""Refuse what cannot be a container, in Docker's words, before anything is made. Pure."""

from __future__ import annotations

import os
import re
import signal
from typing import Any

from ..errors import BadRequest
from ..primitives.confinement import capabilities

JSON = dict[str, Any]

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_HOSTNAME = re.compile(r"[^\0\s/]{1,64}")
_RESTART = {"", "no", "always", "unless-stopped", "on-failure"}
_LOG_DRIVERS = {"json-file", "local", "none"}
_SIGNALS = {member.name.removeprefix("SIG"): member.value for member in signal.Signals}
_SECURITY = ("apparmor", "label", "no-new-privileges", "seccomp")
_MINIMUM_MEMORY = 6 << 20


def name(text: str) -> str:
    """Check a container's name and give it without its leading slash."""
    bare = text.removeprefix("/")
    if not NAME.fullmatch(bare):
        raise BadRequest(f"Invalid container name ({text}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
    return bare


def signal_number(text: str) -> int:
    """Turn "TERM", "SIGTERM", "15" or "RTMIN+3" into a number."""
    bare = text.upper().removeprefix("SIG")
    if bare.isdigit() and 0 < int(bare) <= 64:
        return int(bare)
    if match := re.fullmatch(r"RT(MIN|MAX)([+-]\d+)?", bare):
        return int(getattr(signal, f"SIGRT{match[1]}")) + int(match[2] or 0)
    if bare in _SIGNALS:
        return _SIGNALS[bare]
    raise BadRequest(f"Invalid signal: {text}")


def container(config: JSON, host: JSON) -> list[str]:
    """Check a completed container and give the warnings that `docker create` prints."""
    _check_process(config)
    _check_policy(host)
    _check_modes(host)
    _check_rights(host)
    return limits(host)


def _check_process(config: JSON) -> None:
    if config["Hostname"] and not _HOSTNAME.fullmatch(config["Hostname"]):
        raise BadRequest(f"invalid hostname format: {config['Hostname']}")
    folder = config["WorkingDir"]
    if folder and not folder.startswith("/"):
        raise BadRequest(f"the working directory '{folder}' is invalid, it needs to be an absolute path")
    if config.get("StopSignal"):
        signal_number(config["StopSignal"])
    for entry in config["Env"]:
        if not entry or entry.startswith("="):
            raise BadRequest(f"invalid environment variable: {entry}")
        if "\0" in entry:
            raise BadRequest("invalid environment variable: it holds a null byte")
    if any("\0" in word for word in [*(config["Entrypoint"] or ()), *(config["Cmd"] or ())]):
        raise BadRequest("invalid command: it holds a null byte")


def _check_policy(host: JSON) -> None:
    policy = host["RestartPolicy"]
    if policy["Name"] not in _RESTART:
        raise BadRequest(f"invalid restart policy '{policy['Name']}'")
    if policy["Name"] != "on-failure" and policy["MaximumRetryCount"]:
        raise BadRequest(f"maximum retry count cannot be used with restart policy '{policy['Name']}'")
    if policy["MaximumRetryCount"] < 0:
        raise BadRequest("maximum retry count cannot be negative")
    if host["AutoRemove"] and policy["Name"] not in ("", "no"):
        raise BadRequest("can't create 'AutoRemove' container with restart policy")
    if host["LogConfig"]["Type"] not in _LOG_DRIVERS:
        raise BadRequest(f'logger: no log driver named "{host["LogConfig"]["Type"]}" is registered')


def _check_modes(host: JSON) -> None:
    network = host["NetworkMode"]
    if network.startswith("container:") and not network.removeprefix("container:"):
        raise BadRequest("invalid container format container:<name|id>")
    if host["PidMode"] not in ("", "host", "private") and not host["PidMode"].startswith("container:"):
        raise BadRequest(f"invalid PID mode: {host['PidMode']}")
    known = ("", "none", "host", "private", "shareable")
    if host["IpcMode"] not in known and not host["IpcMode"].startswith("container:"):
        raise BadRequest(f"invalid IPC mode: {host['IpcMode']}")
    if host["UTSMode"] not in ("", "host"):
        raise BadRequest(f"invalid UTS mode: {host['UTSMode']}")


def _check_rights(host: JSON) -> None:
    try:
        capabilities.check(host["CapAdd"] or (), host["CapDrop"] or ())
    except ValueError as error:
        raise BadRequest(str(error)) from None
    for option in host["SecurityOpt"] or ():
        key, _separator, value = option.partition("=") if "=" in option else option.partition(":")
        if option in ("no-new-privileges", "disable"):
            continue
        if not value:
            raise BadRequest(f'invalid --security-opt 1: "{option}"')
        if key not in _SECURITY or (key == "no-new-privileges" and value not in ("true", "false")):
            raise BadRequest(f'invalid --security-opt 2: "{option}"')


def limits(host: JSON) -> list[str]:
    """Check the resource limits of a HostConfig (of `create` and of `update`)."""
    memory, swap = host["Memory"], host["MemorySwap"]
    if memory < 0 or 0 < memory < _MINIMUM_MEMORY:
        raise BadRequest("Minimum memory limit allowed is 6MB")
    if memory == 0 and swap > 0:
        raise BadRequest("You should always set the Memory limit when using Memoryswap limit, see usage")
    if 0 < swap < memory:
        raise BadRequest("Minimum memoryswap limit should be larger than memory limit, see usage")
    if memory and host["MemoryReservation"] > memory:
        raise BadRequest("Minimum memory limit can not be less than memory reservation limit, see usage")
    _check_cpu(host)
    if (host["PidsLimit"] or 0) < -1:
        raise BadRequest("invalid pids limit")
    return []


def _check_cpu(host: JSON) -> None:
    cores = os.cpu_count() or 1
    nano = host["NanoCpus"]
    if nano and (host["CpuPeriod"] or host["CpuQuota"]):
        raise BadRequest("Conflicting options: Nano CPUs and CPU Period cannot both be set")
    if nano < 0 or nano > cores * 10**9:
        raise BadRequest(f"Range of CPUs is from 0.01 to {cores}.00, as there are only {cores} CPUs available")
    if host["CpuPeriod"] and not 1000 <= host["CpuPeriod"] <= 1_000_000:
        raise BadRequest("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
    if 0 < host["CpuQuota"] < 1000:
        raise BadRequest("CPU cfs quota can not be less than 1ms (i.e. 1000)")
    if host["CpuShares"] < 0:
        raise BadRequest("invalid CPU shares")
    _check_set(host["CpusetCpus"], cores, "cpus", "CpusetCpus")


def _check_set(text: str, available: int, what: str, field: str) -> None:
    if not text:
        return
    if not re.fullmatch(r"\d+(-\d+)?(,\d+(-\d+)?)*", text):
        raise BadRequest(f"Invalid value {text} for cpuset {what}")
    if max(int(number) for number in re.findall(r"\d+", text)) >= available:
        raise BadRequest(f"Requested {'CPUs' if field == 'CpusetCpus' else 'memory nodes'} are not available - "
                         f"requested {text}, available: 0-{available - 1}")
