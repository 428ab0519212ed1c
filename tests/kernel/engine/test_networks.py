"""The default bridge of the running kernel, in a network namespace of the test's own: needs root."""

import asyncio
import dataclasses
import os
import subprocess
import threading
import types
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from runtime.engine.networks import Networks
from runtime.engine.settings import Settings
from runtime.errors import BadRequest, EngineError, Forbidden, NotFound, Unsupported
from runtime.kernel import syscalls
from runtime.model.container import Container, State
from runtime.model.filters import Filters
from runtime.model.states import Status

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


class World:
    """What networks see of an engine."""

    def __init__(self, folder: Path, *, bip: str = "10.213.77.1/29", exec_root: str = "/run/docklab-test") -> None:
        self.settings = Settings(data_root=folder, exec_root=Path(exec_root), bip=bip)
        self.containers = types.SimpleNamespace(records=[], find=None)


made: list[Networks] = []


def apart(check: Callable[[], Awaitable[None]]) -> None:
    """Run a check in a thread that has a network namespace of its own; threads it starts inherit that."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            syscalls.unshare(syscalls.CLONE_NEWNET)
            asyncio.run(check())  # type: ignore[arg-type]
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    while made:
        networks = made.pop()
        if networks._addresses is not None:
            networks._bridge.close()
        networks._thread.shutdown()
    if failures:
        raise failures[0]


def inside(namespace: int, command: str) -> str:
    """Run a command in a namespace and give its output."""
    line = ["nsenter", f"--net=/proc/self/fd/{namespace}", "sh", "-c", command]
    return subprocess.run(line, pass_fds=[namespace], capture_output=True, text=True, check=True).stdout


def here(command: str) -> str:
    """Run a command in the namespace of this thread."""
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout


async def started(folder: Path, **options: Any) -> Networks:
    folder.mkdir(exist_ok=True)
    networks = Networks(World(folder, **options))  # type: ignore[arg-type]
    made.append(networks)
    await networks.start()
    return networks


def container(**fields: Any) -> Container:
    made = Container("c" * 64, "web", "", "", {}, fields.pop("config", {}), {})
    return dataclasses.replace(made, **fields)


def test_a_sandbox_reaches_gateway_and_neighbour(tmp_path: Path) -> None:
    async def check() -> None:
        networks = await started(tmp_path)
        one, two = await networks.prepare("default", None), await networks.prepare("bridge", None)
        end = one.endpoints["bridge"]
        assert (end.address, end.prefix, end.gateway) == ("10.213.77.2", 29, "10.213.77.1")
        assert end.mac == "02:42:0a:d5:4d:02"
        assert two.endpoints["bridge"].address == "10.213.77.3"
        seen = inside(one.namespace, "ip -o addr; ip route; ping -c1 -W2 10.213.77.1; ping -c1 -W2 10.213.77.3")
        assert seen.count("1 received") == 2
        assert "127.0.0.1/8" in seen
        assert "default via 10.213.77.1 dev eth0" in seen
        assert "masquerade" in here("nft list table ip docklab0")
        await networks.release(one)
        await networks.release(two)
        await networks.stop()

    apart(check)


def test_a_clean_stop_leaves_nothing(tmp_path: Path) -> None:
    async def check() -> None:
        before = here(state := "ip -o link | grep -v veth; nft list ruleset; ip route")
        networks = await started(tmp_path)
        await networks.release(await networks.prepare("default", None))
        await networks.stop()
        assert here(state) == before

    apart(check)


def test_addresses_are_given_back_and_run_out(tmp_path: Path) -> None:
    async def check() -> None:
        networks = await started(tmp_path)
        held = [await networks.prepare("default", None) for _number in range(5)]
        with pytest.raises(EngineError, match="no available IPv4 addresses"):
            await networks.prepare("default", None)
        await networks.release(held[2])
        again = await networks.prepare("default", None)
        assert again.endpoints["bridge"].address == held[2].endpoints["bridge"].address
        for sandbox in (*held[:2], *held[3:], again):
            await networks.release(sandbox)

    apart(check)


def test_two_daemons_have_a_bridge_each(tmp_path: Path) -> None:
    async def check() -> None:
        one = await started(tmp_path / "1", exec_root=str(tmp_path))
        two = await started(tmp_path / "2", exec_root=str(tmp_path / "2"), bip="10.213.78.1/24")
        assert one.find("bridge").options["com.docker.network.bridge.name"] == "docklab0"
        assert two.find("bridge").options["com.docker.network.bridge.name"] != "docklab0"
        await one.stop()
        assert "masquerade" in here("nft list ruleset")
        await two.stop()
        assert "masquerade" not in here("nft list ruleset")

    apart(check)


def test_a_killed_daemon_is_followed_by_one_that_finds_the_bridge(tmp_path: Path) -> None:
    async def check() -> None:
        first = await started(tmp_path, bip="")
        held = await first.prepare("default", None)
        second = await started(tmp_path, bip="")
        running = container(state=State(status=Status.RUNNING, pid=1), endpoints=held.endpoints)
        second.restore([running])
        assert second.find("bridge") == first.find("bridge")
        fresh = await second.prepare("default", None)
        assert fresh.endpoints["bridge"].address != held.endpoints["bridge"].address
        await second.release_of(running.id)
        later = await second.prepare("default", None)
        assert later.endpoints["bridge"].address == held.endpoints["bridge"].address
        assert here("nft list table ip docklab0").count("masquerade") == 1
        for sandbox in (held, fresh, later):
            await second.release(sandbox)

    apart(check)


def test_a_bridge_in_use_stays(tmp_path: Path) -> None:
    async def check() -> None:
        networks = await started(tmp_path)
        held = await networks.prepare("default", None)
        networks.engine.containers.records = [container(state=State(status=Status.RUNNING, pid=1))]
        await networks.stop()
        assert "docklab0" in here("ip -o link")
        os.close(held.namespace)

    apart(check)


def test_none_and_host(tmp_path: Path) -> None:
    async def check() -> None:
        networks = await started(tmp_path)
        nothing, host = await networks.prepare("none", None), await networks.prepare("host", None)
        assert inside(nothing.namespace, "ls /sys/class/net; ip -o -4 addr | wc -l; ip route").split()[-1] == "1"
        assert host.namespace == -1
        assert set(host.endpoints) == {"host"}
        await networks.release(nothing)
        await networks.release(host)

    apart(check)


def test_a_hardware_address_can_be_asked_for(tmp_path: Path) -> None:
    async def check() -> None:
        networks = await started(tmp_path)
        asking = container(config={"MacAddress": "02:42:00:00:00:99"}, host={"NetworkMode": "default"})
        assert not networks.any_will_do(asking)
        assert networks.any_will_do(container(host={"NetworkMode": "bridge"}))
        sandbox = await networks.prepare("default", asking)
        assert "02:42:00:00:00:99" in inside(sandbox.namespace, "ip link show eth0")
        await networks.release(sandbox)

    apart(check)


def test_docker_shapes_and_refusals(tmp_path: Path) -> None:
    async def check() -> None:
        networks = await started(tmp_path)
        assert [one["Name"] for one in networks.list(Filters())] == ["bridge", "host", "none"]
        assert [one["Name"] for one in networks.list(Filters({"driver": ("null",)}))] == ["none"]
        shown = networks.inspect(networks.find("bridge").id[:12])
        assert shown["IPAM"]["Config"] == [{"Subnet": "10.213.77.0/29", "Gateway": "10.213.77.1"}]
        assert shown["Containers"] == {}
        with pytest.raises(NotFound, match="network nope not found"):
            networks.inspect("nope")
        with pytest.raises(Forbidden, match="bridge is a pre-defined network and cannot be removed"):
            await networks.remove("bridge")
        with pytest.raises(NotFound, match="failed to set up container networking: network nope not found"):
            await networks.prepare("nope", None)
        with pytest.raises(Unsupported):
            await networks.create({"Name": "mine"})
        with pytest.raises(BadRequest, match="--bip"):
            await started(tmp_path, bip="10.0.0.0/8")

    apart(check)


def test_the_bridge_of_a_daemon_that_is_gone_for_good_is_cleared(tmp_path: Path) -> None:
    async def check() -> None:
        before = here("nft list ruleset")
        gone, stays = tmp_path / "gone", tmp_path / "stays"
        stays.mkdir()
        await started(tmp_path / "1", exec_root=str(gone))
        await started(tmp_path / "2", exec_root=str(stays), bip="10.213.78.1/24")
        third = await started(tmp_path / "3", exec_root="/run/three", bip="10.213.79.1/24")
        owners = here("ip link | grep alias")
        assert str(stays) in owners
        assert str(gone) not in owners
        assert here("nft list ruleset").count("masquerade") == before.count("masquerade") + 2
        await third.stop()

    apart(check)
