"""Networks: the default bridge, the host's own, and none; namespaces made ready for containers.

Design note. Lock: none; what touches the kernel runs in one thread, one after the other, and addresses are
counted on the loop. Source of truth: the three networks are records (their ids last), everything else the kernel.
What a restart must repair: the addresses of containers that live on are marked again (`restore`).
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import ipaddress
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ..errors import BadRequest, Conflict, EngineError, Forbidden, NotFound, Unsupported
from ..model.container import Container, Endpoint
from ..model.filters import Filters
from ..model.network import Network, Sandbox
from ..store import atomic
from . import clock
from .addresses import Addresses
from .bridge import Bridge

if TYPE_CHECKING:
    from .engine import Engine

log = logging.getLogger(__name__)
JSON = dict[str, Any]
Names = list[str]  # `list` is a verb below
T = TypeVar("T")

PREDEFINED = {"bridge": "bridge", "host": "host", "none": "null"}
FILTERS = frozenset({"dangling", "driver", "id", "label", "name", "scope", "type"})


class Networks:
    """All verbs on networks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._folder = engine.settings.data_root / "networks"
        self._networks: dict[str, Network] = {}
        self._bridge = Bridge(str(engine.settings.exec_root))
        self._addresses: Addresses | None = None
        self._trouble = "it has not been started"
        self._thread = ThreadPoolExecutor(1, "networks")
        self._found_again: dict[str, dict[str, Endpoint]] = {}

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    async def start(self) -> None:
        """Load the three networks and have the bridge up; without the rights for it, only --network host works."""
        self._load()
        bip = self.engine.settings.bip
        if bip:
            _check_bip(bip)
        try:
            gateway = await self._in_thread(self._bridge.start, bip, self._before())
        except OSError as error:
            self._trouble = str(error)
            log.error("the default bridge network is not available: %s", error)
            return
        self._addresses = Addresses(gateway)
        options = _bridge_options(self._bridge.name)
        self._save(
            dataclasses.replace(
                self.find("bridge"), subnet=str(gateway.network), gateway=str(gateway.ip), options=options
            )
        )

    def _load(self) -> None:
        self._folder.mkdir(exist_ok=True, mode=0o700)
        for path in self._folder.glob("*.json"):
            try:
                network = Network(**json.loads(path.read_bytes()))
            except (ValueError, TypeError) as error:
                log.error("network record %s is unreadable, made again: %s", path, error)
                continue
            self._networks[network.name] = network
        for name, driver in PREDEFINED.items():
            if name not in self._networks:
                self._save(Network(secrets.token_hex(32), name, driver, clock.now()))

    def _before(self) -> str:
        """Give address and prefix that the bridge had the last time."""
        bridge = self.find("bridge")
        return f"{bridge.gateway}/{bridge.subnet.partition('/')[2]}" if bridge.subnet else ""

    def _save(self, network: Network) -> None:
        self._networks[network.name] = network
        atomic.write(self._folder / f"{network.id}.json", json.dumps(dataclasses.asdict(network)).encode())

    async def stop(self) -> None:
        """Take the bridge down, unless containers live on."""
        if self._addresses is not None:
            try:
                if not any(one.state.running for one in self.engine.containers.records):
                    await self._in_thread(self._bridge.stop)
            except OSError as error:
                log.warning("the bridge could not be removed: %s", error)
            await self._in_thread(self._bridge.close)
        self._thread.shutdown(wait=False)

    def restore(self, containers: Iterable[Container]) -> None:
        """Mark the addresses of the containers that still run."""
        for container in containers:
            if container.state.running and self._addresses is not None:
                self._found_again[container.id] = container.endpoints
                for endpoint in container.endpoints.values():
                    if endpoint.address:
                        self._addresses.reserve(endpoint.address)

    async def prepare(self, mode: str, container: Container | None) -> Sandbox:
        """Make a network ready: default, bridge, none, host, or container:ID."""
        if mode.startswith("container:"):
            return self._shared(mode.removeprefix("container:"))
        try:
            network = self.find("bridge" if mode == "default" else mode)
        except NotFound as error:
            raise NotFound(f"failed to set up container networking: {error.message}") from None
        if network.driver == "bridge":
            return await self._connected(network, container)
        if network.driver == "null":
            namespace = await self._in_thread(self._bridge.empty)
        else:
            namespace = -1
        return Sandbox(namespace, {network.name: Endpoint(network.id, secrets.token_hex(32))})

    def any_will_do(self, container: Container) -> bool:
        """Say whether a place on the default bridge that was made ahead suits a container: it asks for nothing."""
        asked = container.config.get("MacAddress") or _requested(container).get("MacAddress")
        return container.host["NetworkMode"] in ("default", "bridge") and not asked

    def name_of(self, ref: str) -> str:
        """Give a network's name; what does not exist keeps the name it is asked by and fails at the start."""
        try:
            return self.find(ref).name
        except NotFound:
            return ref

    def _shared(self, ref: str) -> Sandbox:
        other = self.engine.containers.find(ref)
        if not other.state.running:
            raise Conflict(f"cannot join network of a non running container: {other.id}")
        return Sandbox(os.open(f"/proc/{other.state.pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC))

    async def _connected(self, network: Network, container: Container | None) -> Sandbox:
        if self._addresses is None:
            raise EngineError(f"the default bridge network is not available: {self._trouble}")
        address = self._addresses.take()
        requested = _requested(container) if container else {}
        mac = requested.get("MacAddress") or (container.config.get("MacAddress") if container else "") or ""
        try:
            sandbox = await self._in_thread(self._bridge.connect, self._addresses.gateway, address, mac, network.id)
        except OSError as error:
            self._addresses.free(address)
            raise EngineError(f"failed to set up container networking: {error}") from error
        endpoint = dataclasses.replace(sandbox.endpoints["bridge"], requested=requested)
        return dataclasses.replace(sandbox, endpoints={"bridge": endpoint})

    async def release(self, sandbox: Sandbox) -> None:
        """Give back what a container had: when its last process is gone the kernel removes the cable."""
        if sandbox.namespace >= 0:
            with contextlib.suppress(OSError):
                os.close(sandbox.namespace)
        self._free(sandbox.endpoints)

    async def release_of(self, identity: str) -> None:
        """Give back what a container has that outlived the daemon which started it."""
        self._free(self._found_again.pop(identity, {}))

    def _free(self, endpoints: dict[str, Endpoint]) -> None:
        for endpoint in endpoints.values():
            if endpoint.address and self._addresses is not None:
                self._addresses.free(endpoint.address)

    def find(self, ref: str) -> Network:
        """Find a network by name, id, or the beginning of an id."""
        if ref in self._networks:
            return self._networks[ref]
        matches = [one for one in self._networks.values() if ref and one.id.startswith(ref)]
        if len(matches) > 1:
            raise BadRequest(f"network {ref} is ambiguous ({len(matches)} matches found on ID prefix)")
        if not matches:
            raise NotFound(f"network {ref} not found")
        return matches[0]

    def list(self, filters: Filters) -> list[JSON]:
        """List the networks that match, in the API's shape."""
        filters.check(FILTERS)
        return [self._shown(one, {}) for one in self._networks.values() if self._matches(one, filters)]

    def _matches(self, network: Network, filters: Filters) -> bool:
        unused = network.name not in PREDEFINED
        if "dangling" in filters and filters.flag("dangling", default=False) != unused:
            return False
        return (
            filters.exact("driver", network.driver)
            and filters.search("name", network.name)
            and filters.search("id", network.id)
            and filters.exact("scope", "local")
            and filters.exact("type", "builtin" if network.name in PREDEFINED else "custom")
            and filters.labelled(network.labels)
        )

    def inspect(self, ref: str, *, verbose: bool = False) -> JSON:
        """Show a network with the containers on it; `verbose` adds what only swarm services have."""
        network = self.find(ref)
        on_it: JSON = {}
        for container in self.engine.containers.records:
            endpoint = container.endpoints.get(network.name)
            if container.state.running and endpoint is not None and endpoint.endpoint_id:
                on_it[container.id] = _occupant(container, endpoint)
        return self._shown(network, on_it)

    def _shown(self, network: Network, containers: JSON) -> JSON:
        pools = [{"Subnet": network.subnet, "Gateway": network.gateway}] if network.subnet else None
        return {
            "Name": network.name,
            "Id": network.id,
            "Created": network.created,
            "Scope": "local",
            "Driver": network.driver,
            "EnableIPv6": False,
            "IPAM": {"Driver": "default", "Options": None, "Config": pools},
            "Internal": network.internal,
            "Attachable": False,
            "Ingress": False,
            "ConfigFrom": {"Network": ""},
            "ConfigOnly": False,
            "Containers": containers,
            "Options": network.options,
            "Labels": network.labels,
        }

    async def create(self, body: JSON) -> JSON:
        """Refuse: there are the predefined networks only."""
        if body.get("Name") in PREDEFINED:
            raise Forbidden(f"operation is not permitted on predefined {body['Name']} network ")
        _unsupported("creating networks")

    async def connect(self, ref: str, body: JSON) -> None:
        """Refuse: a container has the network it was created with."""
        self.find(ref)
        _unsupported("connecting a container to another network")

    async def disconnect(self, ref: str, body: JSON) -> None:
        """Refuse: a container keeps the network it was created with."""
        self.find(ref)
        _unsupported("disconnecting a container")

    async def remove(self, ref: str) -> None:
        """Refuse: predefined networks stay."""
        raise Forbidden(f"{self.find(ref).name} is a pre-defined network and cannot be removed")

    async def prune(self, filters: Filters) -> Names:
        """Remove networks that no container uses; the predefined ones stay."""
        filters.check(frozenset({"label", "label!", "until"}))
        return []


def _requested(container: Container) -> JSON:
    endpoint = container.endpoints.get("bridge")
    return endpoint.requested if endpoint is not None else {}


def _unsupported(what: str) -> NoReturn:
    raise Unsupported(f"{what} is not supported by this docklab: containers use the networks bridge, host and none")


def _check_bip(bip: str) -> None:
    try:
        valid = "/" in bip and ipaddress.IPv4Interface(bip).ip != ipaddress.IPv4Interface(bip).network.network_address
    except ValueError:
        valid = False
    if not valid:
        raise BadRequest(f"invalid --bip {bip!r}: give address and prefix of the bridge, as in 10.5.0.1/16")


def _occupant(container: Container, endpoint: Endpoint) -> JSON:
    return {
        "Name": container.name,
        "EndpointID": endpoint.endpoint_id,
        "MacAddress": endpoint.mac,
        "IPv4Address": f"{endpoint.address}/{endpoint.prefix}" if endpoint.address else "",
        "IPv6Address": "",
    }


def _bridge_options(name: str) -> dict[str, str]:
    prefix = "com.docker.network"
    return {
        f"{prefix}.bridge.default_bridge": "true",
        f"{prefix}.bridge.enable_icc": "true",
        f"{prefix}.bridge.enable_ip_masquerade": "true",
        f"{prefix}.bridge.host_binding_ipv4": "0.0.0.0",
        f"{prefix}.bridge.name": name,
        f"{prefix}.driver.mtu": "1500",
    }
