"""What -v, --mount, --tmpfs and --volumes-from mean."""

from typing import Any

import pytest

from runtime.engine import mounts
from runtime.errors import BadRequest
from runtime.model.container import Mount


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("/srv:/d", ("bind", "/srv", "/d", "", "", True, "rprivate")),
        ("/srv/../etc/:/d/./e/:ro", ("bind", "/etc", "/d/e", "", "ro", False, "rprivate")),
        ("/srv:/d:ro,rslave", ("bind", "/srv", "/d", "", "ro,rslave", False, "rslave")),
        ("data:/d", ("volume", "", "/d", "data", "z", True, "")),
        ("data:/d:nocopy", ("volume", "", "/d", "data", "nocopy", True, "")),
        ("/d", ("volume", "", "/d", "", "", True, "")),
    ],
)
def test_v(spec: str, expected: tuple[Any, ...]) -> None:
    one = mounts.bind(spec)
    fields = (one.kind, one.source, one.destination, one.name, one.mode, one.writable, one.propagation)
    assert fields == expected


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("a:b:c:d", "invalid volume specification: 'a:b:c:d'"),
        ("", "invalid volume specification: ''"),
        ("data:", "invalid volume specification: 'data:'"),
        ("data:d", "mount path must be absolute"),
        ("data:/", "destination can't be '/'"),
        ("data:/..", "destination can't be '/'"),
        ("data:/d:xy", "invalid mode: xy"),
        ("data:/d:ro,rw", "invalid mode: ro,rw"),
        ("data:/d:rslave", "invalid mode: rslave"),
        ("/srv:/d:nocopy", "invalid mode: nocopy"),
        ("../x:/d", 'create ../x: "../x" includes invalid characters for a local volume name'),
        ("./x:/d", "If you intended to pass a host directory, use absolute path"),
        ("x:/d", "volume name is too short"),
    ],
)
def test_v_refused(spec: str, words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        mounts.bind(spec)
    assert words in caught.value.message


@pytest.mark.parametrize(
    "name", ["../x", "..", ".hidden", "a/b", "/etc", "a b", "a\nb", "-rf", "a%2fb", "ab\n", "a" * 300]
)
def test_names_refused(name: str) -> None:
    with pytest.raises(BadRequest):
        mounts.check_name(name)


def test_mount() -> None:
    bind = mounts.mount({"Type": "bind", "Source": "/srv", "Target": "/d", "ReadOnly": True})
    assert (bind.kind, bind.source, bind.writable, bind.propagation) == ("bind", "/srv", False, "rprivate")
    volume = mounts.mount({"Type": "volume", "Source": "data", "Target": "/d", "VolumeOptions": {"NoCopy": True}})
    assert (volume.name, volume.options) == ("data", {"NoCopy": True})
    tmpfs = mounts.mount({"Type": "tmpfs", "Target": "/d", "TmpfsOptions": {"SizeBytes": 9, "Mode": 0o700}})
    assert tmpfs.mode == "size=9,mode=700"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"Type": "x", "Target": "/d"}, 'for type "x": mount type unknown'),
        ({"Type": "bind", "Source": "/srv"}, "field Target must not be empty"),
        ({"Type": "bind", "Target": "/d"}, "field Source must not be empty"),
        ({"Type": "bind", "Source": "srv", "Target": "/d"}, "invalid mount path: 'srv'"),
        ({"Type": "bind", "Source": "/srv", "Target": "d"}, "invalid mount path: 'd'"),
        ({"Type": "tmpfs", "Source": "/srv", "Target": "/d"}, "field Source must not be specified"),
        ({"Type": "volume", "Source": "../x", "Target": "/d"}, "includes invalid characters"),
    ],
)
def test_mount_refused(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        mounts.mount(entry)
    assert words in caught.value.message


def test_one_place_is_mounted_once() -> None:
    with pytest.raises(BadRequest, match="Duplicate mount point: /d"):
        mounts.asked({"Binds": ["/srv:/d"], "Tmpfs": {"/d/": "size=1m"}})


def test_everything_asked_for() -> None:
    host = {"Binds": ["/srv:/a"], "Mounts": [{"Type": "tmpfs", "Target": "/b"}], "Tmpfs": {"/c": "ro,size=1m"}}
    assert [one.destination for one in mounts.asked(host)] == ["/a", "/b", "/c"]
    assert mounts.tmpfs("/c", "ro,size=1m") == Mount("tmpfs", "", "/c", mode="ro,size=1m", writable=False)


def test_volumes_from() -> None:
    assert mounts.from_spec("web") == ("web", None)
    assert mounts.from_spec("web:ro") == ("web", False)
    assert mounts.from_spec("web:z") == ("web", True)
    for spec in ("", ":ro", "web:xy", "web:nocopy"):
        with pytest.raises(BadRequest):
            mounts.from_spec(spec)


def test_the_images_volumes() -> None:
    assert mounts.implied({"Volumes": {"/var/lib/x/": {}}}) == ["/var/lib/x"]
    assert mounts.implied({"Volumes": None}) == []
