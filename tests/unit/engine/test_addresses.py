"""Which address comes next."""

from ipaddress import IPv4Interface, IPv4Network

import pytest

from runtime.engine.addresses import Addresses, choose
from runtime.errors import EngineError


def test_the_lowest_free_address_comes_next() -> None:
    pool = Addresses(IPv4Interface("10.0.0.1/24"))
    assert [pool.take() for _number in range(3)] == ["10.0.0.2", "10.0.0.3", "10.0.0.4"]
    pool.free("10.0.0.3")
    assert pool.take() == "10.0.0.3"
    assert pool.take() == "10.0.0.5"


def test_gateway_and_broadcast_are_never_given() -> None:
    pool = Addresses(IPv4Interface("10.0.0.2/30"))
    pool.free("10.0.0.2")
    assert pool.take() == "10.0.0.1"
    with pytest.raises(EngineError, match="no available IPv4 addresses"):
        pool.take()


def test_a_reserved_address_is_passed_over() -> None:
    pool = Addresses(IPv4Interface("10.0.0.1/24"))
    pool.reserve("10.0.0.2")
    assert pool.take() == "10.0.0.3"


def test_a_subnet_that_overlaps_nothing_is_chosen() -> None:
    assert str(choose([])) == "172.17.0.1/16"
    assert str(choose([IPv4Network("172.17.5.0/24"), IPv4Network("172.18.0.0/15")])) == "172.20.0.1/16"


def test_a_machine_that_uses_every_subnet() -> None:
    with pytest.raises(EngineError, match="non-overlapping"):
        choose([IPv4Network("0.0.0.0/0")])
