"""The planner is pure: a record and its surroundings in, operations out."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from runtime.box import explain, plan
from runtime.engine import configuration
from runtime.model.container import Container, Mount

JSON = dict[str, Any]
AROUND = plan.Surroundings(
    folder="/data/containers/c",
    layers="/data/layers",
    overlay="lowerdir=l/A,upperdir=u,workdir=w",
    cgroup="docklab/c",
    controllers=("memory", "name=systemd"),
    capabilities=frozenset({"CAP_CHOWN"}),
    seccomp=b"\1\2",
    masked=("/proc/kcore",),
    protected=("/proc/sys",),
)


def container(mounts: tuple[Mount, ...] = (), **request: Any) -> Container:
    body = {"Image": "busybox", "Cmd": ["true"], **request}
    return Container(
        id="c" * 64,
        name="name",
        created="2026-01-01T00:00:00Z",
        image="sha256:0",
        request=body,
        config=configuration.config(body, None, "c" * 64),
        host=configuration.host(body),
        mounts=mounts,
    )


def names(made: plan.Plan) -> list[str]:
    return [operation["op"] for operation in made.operations]


def only(made: plan.Plan, op: str) -> JSON:
    (found,) = [operation for operation in made.operations if operation["op"] == op]
    return found


def test_an_ordinary_start_can_use_the_pool() -> None:
    assert plan.start(container(), AROUND).ordinary


@pytest.mark.parametrize("host", [{"UTSMode": "host"}, {"IpcMode": "host"}])
def test_a_start_that_shares_namespaces_cannot(host: JSON) -> None:
    assert not plan.start(container(HostConfig=host), AROUND).ordinary


def test_host_network_joins_nothing() -> None:
    around = dataclasses.replace(AROUND, own_network=False)
    assert "join" not in names(plan.start(container(HostConfig={"NetworkMode": "host"}), around))


def test_the_program_comes_last_and_rights_are_dropped_right_before() -> None:
    made = names(plan.start(container(), AROUND))
    assert made[-3:] == ["filter", "become", "execute"]


def test_no_new_privileges_lets_the_filter_come_after_the_capabilities() -> None:
    made = names(plan.start(container(HostConfig={"SecurityOpt": ["no-new-privileges"]}), AROUND))
    assert made[-4:] == ["become", "no new privileges", "filter", "execute"]


def test_nothing_of_the_image_is_touched_before_the_pivot() -> None:
    made = names(plan.start(container(), AROUND))
    for op in ("user", "workdir", "stdio", "execute"):
        assert made.index(op) > made.index("pivot")


def test_masks_come_after_everything_that_needs_proc() -> None:
    made = names(plan.start(container(HostConfig={"Sysctls": {"net.ipv4.ip_forward": "1"}}), AROUND))
    assert made.index("write") < made.index("protect") < made.index("mask")


def test_a_terminal_replaces_the_pipes() -> None:
    made = names(plan.start(container(Tty=True), AROUND))
    assert "terminal" in made
    assert "stdio" not in made


def test_read_only_root_is_set_after_the_working_folder_is_made() -> None:
    made = plan.start(container(HostConfig={"ReadonlyRootfs": True}, WorkingDir="/w"), AROUND)
    operations = list(made.operations)
    assert operations.index({"op": "read only", "path": "/"}) > names(made).index("workdir")


def test_mounts_are_made_from_the_outside_in() -> None:
    mounts = (Mount("bind", "/b", "/a/b/c"), Mount("bind", "/a", "/a"))
    made = plan.start(container(mounts), AROUND)
    targets = [operation["target"] for operation in made.operations if operation["op"] == "bind"]
    assert targets[:2] == ["/a", "/a/b/c"]


def test_a_shared_mount_keeps_the_namespace_a_peer() -> None:
    made = plan.start(container((Mount("bind", "/a", "/a", propagation="rshared"),)), AROUND)
    assert only(made, "propagate")["mode"] == "rshared"
    assert not made.ordinary


def test_tmpfs_options() -> None:
    made = plan.start(container((Mount("tmpfs", "", "/run", mode="size=1m,exec"),)), AROUND)
    mount = next(operation for operation in made.operations if operation.get("target") == "/run")
    assert mount["options"] == ["nodev", "nosuid"]
    assert mount["data"] == "size=1m"


def test_privileged_gets_a_writable_sys() -> None:
    made = plan.start(container(HostConfig={"Privileged": True}), AROUND)
    sysfs = next(operation for operation in made.operations if operation.get("fstype") == "sysfs")
    assert "ro" not in sysfs["options"]


def test_cgroup_v2_is_one_mount() -> None:
    around = dataclasses.replace(AROUND, cgroup2=True, controllers=())
    made = plan.start(container(), around)
    assert [o["fstype"] for o in made.operations if str(o.get("target")).startswith("/sys/fs/cgroup")] == ["cgroup2"]


def test_init_stays_before_the_program() -> None:
    assert names(plan.start(container(HostConfig={"Init": True}), AROUND))[-2:] == ["reap", "execute"]


def test_exec_joins_groups_before_it_loses_sight_of_them() -> None:
    made = names(plan.execution(container(), {"Cmd": ["ls"]}, AROUND))
    assert made.index("cgroup") < made.index("join")
    assert made[-1] == "execute"


def test_a_command_in_a_container_makes_no_working_folder() -> None:
    made = plan.execution(container(), {"Cmd": ["ls"], "WorkingDir": "/x"}, AROUND)
    steps = [step for step in made.operations if step["op"] == "workdir"]
    assert steps == [{"op": "workdir", "path": "/x", "make": False}]


def test_exec_takes_the_variables_of_the_container_and_its_own() -> None:
    made = plan.execution(container(Env=["A=1", "B=2"]), {"Cmd": ["env"], "Env": ["B=3", "PATH=/x"]}, AROUND)
    variables = only(made, "execute")["environment"]
    assert {"A=1", "B=3", "PATH=/x"} <= set(variables)
    assert "B=2" not in variables


def test_environment_has_only_what_docker_documents() -> None:
    assert plan.environment(container()) == [plan.DEFAULT_PATH, "HOSTNAME=cccccccccccc"]
    assert "TERM=xterm" in plan.environment(container(Tty=True))


def test_a_plan_is_json_and_every_operation_can_be_explained() -> None:
    request = {
        "Tty": True,
        "HostConfig": {"Init": True, "ReadonlyRootfs": True, "Sysctls": {"net.core.somaxconn": "9"}, "OomScoreAdj": 5},
    }
    around = dataclasses.replace(AROUND, rlimits=(("nofile", 10, 20),))
    mounts = (Mount("bind", "/a", "/a"), Mount("tmpfs", "", "/t"))
    for made in (plan.start(container(mounts, **request), around), plan.start(container(), AROUND)):
        for operation in json.loads(json.dumps(made.operations)):
            described = explain.describe(operation)
            assert described["shell"]
            assert described["man"].endswith(")")
