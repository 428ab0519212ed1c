"""Which hierarchies a machine has, from the lines of /proc/self/mountinfo."""

from runtime.primitives.cgroups.hierarchies import Hierarchy, Mounted, own_groups, parse, usable

HYBRID = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime shared:4 - cgroup cgroup rw,cpuset,clone_children
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
37 31 0:34 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
38 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio
39 31 0:36 / /sys/fs/cgroup/net_cls,net_prio rw,relatime - cgroup cgroup rw,net_cls,net_prio
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,release_agent=/lib/x,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
42 31 0:32 / /mnt/again rw,relatime - cgroup cgroup rw,memory
""".splitlines()
UNIFIED = ["30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot"]


def _nothing(path: str) -> list[str]:
    return []


def test_version_1_hierarchies_are_named_by_their_mount_option() -> None:
    found = parse(HYBRID, _nothing)
    assert found.mount_options == (
        "cpu,cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "net_cls,net_prio", "name=systemd",
    )  # fmt: skip
    assert found.by_controller()["cpuacct"].path == "/sys/fs/cgroup/cpu,cpuacct"
    assert not found.unified


def test_a_hierarchy_mounted_twice_counts_once() -> None:
    assert parse(HYBRID, _nothing).by_controller()["memory"].path == "/sys/fs/cgroup/memory"


def test_a_version_2_tree_that_adds_nothing_is_left_alone() -> None:
    assert all(one.version == 1 for one in parse(HYBRID, lambda path: ["hugetlb", "io", "rdma"]).hierarchies)


def test_a_controller_that_only_version_2_has_is_taken_from_there() -> None:
    found = parse(HYBRID, lambda path: ["pids"]).by_controller()
    assert found["pids"] == Hierarchy(2, "/sys/fs/cgroup/unified", ("pids",))
    assert found["memory"].version == 1


def test_version_2_alone() -> None:
    found = parse(UNIFIED, lambda path: ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"])
    assert found.unified
    assert found.mount_options == ()
    assert set(found.by_controller()) == {"cpuset", "cpu", "io", "memory", "pids", "devices", "freezer"}


def test_paths_with_spaces_are_unescaped() -> None:
    lines = [r"30 23 0:26 / /a\040b rw - cgroup2 none rw"]
    assert parse(lines, _nothing).hierarchies[0].path == "/a b"


def test_a_machine_without_any() -> None:
    assert parse(["22 1 0:1 / /proc rw - proc proc rw"], _nothing) == Mounted(())


def test_a_user_is_given_the_group_that_was_delegated() -> None:
    own = own_groups(["4:memory:/x\n", "0::/user.slice/user-1000.slice\n"])
    found = usable(parse(UNIFIED, _nothing), own, lambda path: path.startswith("/sys/fs/cgroup/user.slice/"))
    assert [one.path for one in found.hierarchies] == ["/sys/fs/cgroup/user.slice/user-1000.slice"]


def test_a_hierarchy_that_cannot_be_written_is_dropped() -> None:
    assert usable(parse(HYBRID, _nothing), {}, lambda path: path.endswith("memory")).mount_options == ("memory",)
