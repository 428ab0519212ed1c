"""Each operation in words: what it is for, the shell command that would do the same, the man page to read."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

JSON = dict[str, Any]


def _join(step: JSON) -> str:
    flags = " ".join(f"--{'mount' if name == 'mnt' else name}=/proc/PID/ns/{name}" for name in step["namespaces"])
    return f"nsenter {flags}"


def _unshare(step: JSON) -> str:
    return "unshare " + " ".join(f"--{'mount' if name == 'mnt' else name}" for name in step["namespaces"])


def _overlay(step: JSON) -> str:
    return f"cd {step['folder']} && mount -t overlay overlay -o {step['options']} {step['target']}"


def _mount(step: JSON) -> str:
    options = ",".join([*step["options"], *([step["data"]] if step.get("data") else [])])
    return f"mount -t {step['fstype']} {step['source']} -o {options or 'defaults'} .{step['target']}"


def _bind(step: JSON) -> str:
    kind = "--bind" if step.get("recursive") is False else "--rbind"
    command = f"mount {kind} {shlex.quote(step['source'])} .{shlex.quote(step['target'])}"
    return command if step.get("writable", True) else f"{command} && mount -o remount,bind,ro .{step['target']}"


def _device(step: JSON) -> str:
    return f"mknod -m {step['mode']:o} .{step['path']} {step['kind']} {step['major']} {step['minor']}"


def _hostname(step: JSON) -> str:
    return f"hostname {shlex.quote(step['name'])}"


def _mask(step: JSON) -> str:
    return "; ".join(f"mount --bind /dev/null {path}" for path in step["paths"])


def _protect(step: JSON) -> str:
    return "; ".join(f"mount --bind {path} {path} && mount -o remount,bind,ro {path}" for path in step["paths"])


def _become(step: JSON) -> str:
    kept = ",".join(name.removeprefix("CAP_").lower() for name in step["capabilities_kept"])
    return f"setpriv --bounding-set=-all,{','.join('+' + name for name in kept.split(',') if name)} --inh-caps=-all"


def _execute(step: JSON) -> str:
    variables = " ".join(shlex.quote(entry) for entry in step["environment"])
    return f"exec env -i {variables} {shlex.join(step['arguments'])}"


def _network(step: JSON) -> str:
    endpoint = next(iter(step.get("endpoints", {}).values()), None)
    if not endpoint or not endpoint.get("address"):
        return "true  # the host's own network" if step["mode"] == "host" else "ip netns add NAME"
    return (
        "ip netns add NAME && ip link add vethX type veth peer name eth0 netns NAME"
        " && ip link set vethX master docklab0 up"
        f" && ip -n NAME addr add {endpoint['address']}/{endpoint['prefix']} dev eth0 && ip -n NAME link set eth0 up"
        f" && ip -n NAME route add default via {endpoint['gateway']}"
    )


def _group(step: JSON) -> str:
    limits = " ".join(f"# {name}={value}" for name, value in step["host"].items())
    return f"mkdir /sys/fs/cgroup/*/{step['name']} {limits}".strip()


def _enter(step: JSON) -> str:
    return f"echo $$ > /sys/fs/cgroup/*/{step['name']}/cgroup.procs"


def _propagate(step: JSON) -> str:
    return f"mount --make-{step['mode']} {step['path']}"


# operation -> (what it is for, equivalent command, man page)
WORDS: dict[str, tuple[str, Callable[[JSON], str], str]] = {
    "become": ("drop what the program may not have", _become, "capabilities(7)"),
    "bind": ("show a file or folder of the host", _bind, "mount(2)"),
    "cgroup": ("enter the control group", _enter, "cgroups(7)"),
    "device": ("make a device node", _device, "mknod(2)"),
    "execute": ("become the program", _execute, "execve(2)"),
    "files": ("write hosts, hostname and resolv.conf", lambda s: f"$EDITOR {s['folder']}/hosts", "hosts(5)"),
    "filter": ("load the filter of system calls", lambda s: "# seccomp(2): no shell command", "seccomp(2)"),
    "group": ("make the control group and set its limits", _group, "cgroups(7)"),
    "hostname": ("set the host name", _hostname, "uts_namespaces(7)"),
    "join": ("enter namespaces that exist", _join, "setns(2)"),
    "link": ("make a link in /dev", lambda s: f"ln -s {s['target']} .{s['path']}", "symlink(2)"),
    "mask": ("hide what tells of the host", _mask, "mount(2)"),
    "mount": ("mount a file system of the kernel", _mount, "mount(2)"),
    "network": ("make a network namespace with an address", _network, "network_namespaces(7)"),
    "no new privileges": ("gain no rights by execve", lambda s: "setpriv --no-new-privs", "prctl(2)"),
    "overlay": ("stack the image's layers under a writable folder", _overlay, "mount(8)"),
    "pivot": ("make it the root, let go of the host's", lambda s: "pivot_root . . && umount -l .", "pivot_root(2)"),
    "propagate": ("keep our mounts to ourselves", _propagate, "mount_namespaces(7)"),
    "protect": ("make settings of the kernel read-only", _protect, "mount(2)"),
    "read only": ("make a mount read-only", lambda s: f"mount -o remount,bind,ro {s['path']}", "mount(2)"),
    "reap": ("stay as process 1 and reap orphans", lambda s: f"docker-init -- {shlex.join(s['arguments'])}", "wait(2)"),
    "rlimit": ("set a resource limit", lambda s: f"prlimit --{s['name']}={s['soft']}:{s['hard']}", "setrlimit(2)"),
    "session": ("start a session of its own", lambda s: "setsid", "setsid(2)"),
    "stdio": ("connect input and output", lambda s: "exec <stdin >stdout 2>stderr", "dup(2)"),
    "terminal": ("open a terminal of its own", lambda s: "script -q /dev/null", "pty(7)"),
    "unshare": ("get namespaces of its own", _unshare, "namespaces(7)"),
    "user": ("look the user up in the container's files", lambda s: f"id {s['spec'] or 'root'}", "passwd(5)"),
    "workdir": ("enter the working folder", lambda s: f"cd {shlex.quote(s['path'])}", "chdir(2)"),
    "write": ("set a value of the kernel", lambda s: f"echo {s['value']} > {s['path']}", "proc(5)"),
}


def describe(step: JSON) -> JSON:
    """Describe one operation: `what`, `shell`, `man` and `ms`, milliseconds or None for the last."""
    what, shell, man = WORDS[step["op"]]
    return {"what": what, "shell": shell(step), "man": man, "ms": step.get("ms")}
