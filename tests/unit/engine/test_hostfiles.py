"""hosts, hostname and resolv.conf as Docker writes them."""

import os
from pathlib import Path
from typing import Any

from runtime.engine import hostfiles
from runtime.model.container import Container, Endpoint

MACHINE = "# by hand\nnameserver 127.0.0.53\nnameserver 10.1.1.1\nsearch a.example b.example\noptions edns0 ndots:2\n"
BRIDGE = {"bridge": Endpoint(address="172.17.0.2", prefix=16, gateway="172.17.0.1")}


def container(host: dict[str, Any] | None = None, **config: Any) -> Container:
    return Container("c" * 64, "web", "", "", {}, config, host or {})


def test_hosts_of_a_container_on_the_bridge(tmp_path: Path) -> None:
    hostfiles.write(tmp_path, container(), BRIDGE)
    assert (tmp_path / "hosts").read_text() == (
        "127.0.0.1\tlocalhost\n"
        "::1\tlocalhost ip6-localhost ip6-loopback\n"
        "fe00::0\tip6-localnet\n"
        "ff00::0\tip6-mcastprefix\n"
        "ff02::1\tip6-allnodes\n"
        "ff02::2\tip6-allrouters\n"
        "172.17.0.2\tcccccccccccc\n"
    )
    assert (tmp_path / "hostname").read_text() == "cccccccccccc\n"


def test_names_of_the_user(tmp_path: Path) -> None:
    host = {"ExtraHosts": ["db:10.0.0.9", "gate:host-gateway", "six:[fd00::1]", "six2:fd00::2"]}
    hostfiles.write(tmp_path, container(host, Hostname="web", Domainname="example.org"), BRIDGE)
    lines = (tmp_path / "hosts").read_text().splitlines()
    assert lines[6:] == [
        "10.0.0.9\tdb",
        "172.17.0.1\tgate",
        "fd00::1\tsix",
        "fd00::2\tsix2",
        "172.17.0.2\tweb.example.org web",
    ]


def test_without_a_network_there_is_no_own_address(tmp_path: Path) -> None:
    hostfiles.write(tmp_path, container({"NetworkMode": "none"}), {"none": Endpoint()})
    assert len((tmp_path / "hosts").read_text().splitlines()) == 6


def test_the_hosts_network_comes_with_the_hosts_names(tmp_path: Path) -> None:
    hostfiles.write(tmp_path, container({"NetworkMode": "host"}, Hostname="box"), {})
    assert (tmp_path / "hosts").read_text() == Path("/etc/hosts").read_text()


def test_a_shared_network_comes_with_the_others_names(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "own").mkdir()
    hostfiles.write(tmp_path / "other", container(), BRIDGE)
    hostfiles.write(tmp_path / "own", container({"NetworkMode": "container:other"}), {})
    for name in ("hosts", "hostname", "resolv.conf"):
        assert (tmp_path / "own" / name).read_text() == (tmp_path / "other" / name).read_text()


def test_a_second_start_keeps_the_file(tmp_path: Path) -> None:
    hostfiles.write(tmp_path, container(), BRIDGE)
    before = os.stat(tmp_path / "hosts").st_ino
    hostfiles.write(tmp_path, container(), {})
    assert os.stat(tmp_path / "hosts").st_ino == before
    assert "172.17.0.2" not in (tmp_path / "hosts").read_text()


def test_loopback_servers_of_the_machine_are_left_out() -> None:
    text = hostfiles.resolv_conf({}, MACHINE)
    assert text == "nameserver 10.1.1.1\nsearch a.example b.example\noptions edns0 ndots:2\n"


def test_without_servers_dockers_are_used() -> None:
    assert hostfiles.resolv_conf({}, "nameserver ::1\n") == "nameserver 8.8.8.8\nnameserver 8.8.4.4\n"


def test_what_the_user_asks_for_replaces_the_machines() -> None:
    host = {"Dns": ["1.1.1.1"], "DnsSearch": ["c.example"], "DnsOptions": ["timeout:1"]}
    assert hostfiles.resolv_conf(host, MACHINE) == "nameserver 1.1.1.1\nsearch c.example\noptions timeout:1\n"
    assert "search" not in hostfiles.resolv_conf({"DnsSearch": ["."]}, MACHINE)
