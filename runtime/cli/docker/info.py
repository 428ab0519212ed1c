"""`docker info`: the engine, its host and what it can do."""

from __future__ import annotations

from . import failure, formats, units
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .context import Context
    from .pflag import Values

    Line = tuple[str, Any]


def counts(info: dict[str, Any]) -> Iterator[Line]:
    """Yield the lines about containers, images and storage."""
    yield "Containers", info["Containers"]
    for state in ("Running", "Paused", "Stopped"):
        yield f" {state}", info[f"Containers{state}"]
    yield "Images", info["Images"]
    yield "Server Version", info.get("ServerVersion") or None
    if info.get("Driver"):
        yield "Storage Driver", info["Driver"]
        for name, value in info.get("DriverStatus") or []:
            yield f" {name}", value
    yield "Logging Driver", info.get("LoggingDriver") or None
    yield "Cgroup Driver", info.get("CgroupDriver") or None
    yield "Cgroup Version", info.get("CgroupVersion") or None


def plugins(info: dict[str, Any]) -> Iterator[Line]:
    """Yield the lines about plugins, the swarm and runtimes."""
    found = info.get("Plugins") or {}
    yield "Plugins", ""
    yield " Volume", " ".join(found.get("Volume") or [])
    yield " Network", " ".join(found.get("Network") or [])
    if found.get("Authorization"):
        yield " Authorization", " ".join(found["Authorization"])
    yield " Log", " ".join(found.get("Log") or [])
    yield from swarm(info.get("Swarm") or {})
    if info.get("Runtimes"):
        yield "Runtimes", " ".join(sorted(info["Runtimes"]))
        yield "Default Runtime", info.get("DefaultRuntime", "")
    yield "Init Binary", info.get("InitBinary", "")
    for name, key in (("containerd", "ContainerdCommit"), ("runc", "RuncCommit"), ("init", "InitCommit")):
        yield f"{name} version", (info.get(key) or {}).get("ID", "")


def swarm(state: dict[str, Any]) -> Iterator[Line]:
    """Yield the lines about the swarm."""
    local = state.get("LocalNodeState") or "inactive"
    yield "Swarm", local
    if local in ("inactive", "locked"):
        return
    yield " NodeID", state.get("NodeID", "")
    if state.get("Error"):
        yield " Error", state["Error"]
    yield " Is Manager", _bool(state.get("ControlAvailable"))
    if state.get("Cluster") and state.get("ControlAvailable"):
        yield " ClusterID", state["Cluster"].get("ID", "")
        yield " Managers", state.get("Managers", 0)
        yield " Nodes", state.get("Nodes", 0)
    yield " Node Address", state.get("NodeAddr", "")
    managers = sorted(peer["Addr"] for peer in state.get("RemoteManagers") or [])
    if managers:
        yield " Manager Addresses", ""
        for address in managers:
            yield f"  {address}", None


def security(info: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the lines about security options: name, then its details."""
    if info.get("SecurityOptions"):
        yield "Security Options", ""
    for option in info.get("SecurityOptions") or []:
        parts = dict(part.partition("=")[::2] for part in option.split(","))
        yield f" {parts.pop('name', option)}", None
        for key, value in parts.items():
            yield f"  {key[:1].upper()}{key[1:]}", value


def host(info: dict[str, Any]) -> Iterator[Line]:
    """Yield the lines about the machine and the daemon's settings."""
    yield "Kernel Version", info.get("KernelVersion") or None
    yield "Operating System", info.get("OperatingSystem") or None
    yield "OSType", info.get("OSType") or None
    yield "Architecture", info.get("Architecture") or None
    yield "CPUs", info.get("NCPU", 0)
    yield "Total Memory", units.binary(info.get("MemTotal", 0))
    yield "Name", info.get("Name") or None
    yield "ID", info.get("ID") or None
    yield "Docker Root Dir", info.get("DockerRootDir", "")
    yield "Debug Mode", _bool(info.get("Debug"))
    if info.get("Debug"):
        yield " File Descriptors", info.get("NFd", 0)
        yield " Goroutines", info.get("NGoroutines", 0)
        yield " System Time", info.get("SystemTime", "")
        yield " EventsListeners", info.get("NEventsListener", 0)
    for name, key in (("HTTP Proxy", "HttpProxy"), ("HTTPS Proxy", "HttpsProxy"), ("No Proxy", "NoProxy")):
        yield name, info.get(key) or None


def registries(info: dict[str, Any]) -> Iterator[Line]:
    """Yield the lines about labels, registries and live restore."""
    if info.get("Labels"):
        yield "Labels", ""
        for label in info["Labels"]:
            yield f" {label}", None
    yield "Experimental", _bool(info.get("ExperimentalBuild"))
    config = info.get("RegistryConfig") or {}
    insecure = [name for name, index in (config.get("IndexConfigs") or {}).items() if not index.get("Secure")]
    blocks = config.get("InsecureRegistryCIDRs") or []
    if insecure or blocks:
        yield "Insecure Registries", ""
        for name in [*sorted(insecure), *blocks]:
            yield f" {name}", None
    if config.get("Mirrors"):
        yield "Registry Mirrors", ""
        for mirror in config["Mirrors"]:
            yield f" {mirror}", None
    yield "Live Restore Enabled", _bool(info.get("LiveRestoreEnabled"))
    if info.get("ProductLicense"):
        yield "Product License", info["ProductLicense"]


def _bool(value: Any) -> str:
    return "true" if value else "false"


def text(info: dict[str, Any]) -> str:
    """Return the server's part."""
    out = []
    for part in (counts, plugins, security, host, registries):
        for name, value in part(info):
            if value is not None:
                out.append(f" {name}: {value}" if value != "" or name in KEEP_SPACE else f" {name}:")
            elif name.startswith(" "):
                out.append(f" {name}")
    return "".join(f"{line}\n" for line in [*out, ""])


KEEP_SPACE = frozenset(
    ("containerd version", "runc version", "init version", "Init Binary", " Volume", " Network", " Log")
)


def client_text(context: Context) -> str:
    """Return the client's part."""
    from . import version

    debug = _bool(context.options["debug"])
    return f"Client:\n Version:    {version.VERSION}\n Context:    {context.context_name}\n Debug Mode: {debug}\n"


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Ask the engine and show both parts."""
    form = flags["format"]
    template = formats.template(form) if form and form != "json" else None
    info, problem = None, ""
    try:
        info = context.client.get("/info")
    except failure.FAILURES as error:
        problem = failure.text(error)
    if form:
        _formatted(context, template, info, problem)
    else:
        formats.write(client_text(context) + "\nServer:\n" + (text(info) if info else ""))
        for warning in (info or {}).get("Warnings") or []:
            context.warn(warning)
    if problem:
        raise CliError(problem)
    return 0


def _formatted(context: Context, template: Any, info: dict[str, Any] | None, problem: str) -> None:
    from . import version

    known = version.client(context, None)
    names = ("Version", "DefaultAPIVersion", "GitCommit", "GoVersion", "Os", "Arch", "Context")
    own = {name: known[name] for name in names}
    data = dict(info or {}) | {"ClientInfo": own | {"Debug": context.options["debug"], "Plugins": []}}
    if problem:
        data["ServerErrors"] = [problem]
    formats.write(formats.fill(template, "system.dockerInfo", data))


COMMAND = Command(
    "info",
    "Display system-wide information",
    "[OPTIONS]",
    (Flag("format", formats.PLAIN_HELP, short="f", kind="string"),),
    run,
    aliases="docker system info, docker info",
)
