"""What a container keeps of --cap-add, --cap-drop and --privileged."""

from __future__ import annotations

import pytest

from runtime.primitives.confinement import capabilities

EVERY = frozenset(capabilities.NAMES)


def decide(*, add: tuple[str, ...] = (), drop: tuple[str, ...] = (), privileged: bool = False) -> frozenset[str]:
    return capabilities.decide(add, drop, privileged=privileged, granted=EVERY)


def test_the_default_is_dockers_fourteen() -> None:
    assert capabilities.mask(decide()) == 0xA80425FB


def test_names_are_taken_with_and_without_prefix_and_case() -> None:
    assert decide(add=("net_admin",)) - decide() == {"CAP_NET_ADMIN"}
    assert decide() - decide(drop=("CAP_chown",)) == {"CAP_CHOWN"}


def test_drop_all_leaves_what_is_added() -> None:
    assert decide(add=("CHOWN",), drop=("ALL",)) == {"CAP_CHOWN"}


def test_add_all_leaves_out_what_is_dropped() -> None:
    assert EVERY - decide(add=("ALL",), drop=("SYS_ADMIN",)) == {"CAP_SYS_ADMIN"}


def test_privileged_ignores_the_lists() -> None:
    assert decide(drop=("ALL",), privileged=True) == EVERY


def test_a_machine_gives_no_more_than_it_has() -> None:
    assert capabilities.decide(("ALL",), (), granted=frozenset({"CAP_KILL"})) == {"CAP_KILL"}


def test_add_wins_over_drop_of_the_same() -> None:
    assert "CAP_CHOWN" in decide(add=("CHOWN",), drop=("CHOWN",))


def test_unknown_names_are_refused_in_dockers_words() -> None:
    with pytest.raises(ValueError, match=r'^invalid CapAdd: unknown capability: "CAP_FOO"$'):
        capabilities.check(["foo"], [])
    with pytest.raises(ValueError, match=r'^invalid CapDrop: unknown capability: "CAP_BAR"$'):
        capabilities.check([], ["CAP_BAR"])


def test_mask_and_decode_are_inverse() -> None:
    assert capabilities.decode(capabilities.mask(capabilities.DEFAULT)) == capabilities.DEFAULT
