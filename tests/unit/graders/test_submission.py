"""Submissions: what is read, what is refused, what is remarked on."""
from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from graders import submission, worker

HELLO = "getting-started/hello-world"
SCRIPT = f"work/{HELLO}/work.sh"


def packed(folder: Path, *files: tuple[str, bytes], student: str = "ada") -> Path:
    path = folder / "s.zip"
    submission.pack(path, student=student, made="2026-11-01T00:00:00+00:00", files=files)
    return path


def zipped(folder: Path, **members: str) -> Path:
    path = folder / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def manifest(**more: object) -> str:
    return json.dumps({"format": submission.FORMAT, "student": "ada", "files": {}, **more})


def test_a_submission_comes_back_as_it_was_made(tmp_path: Path) -> None:
    recording = b'{"terminal": "1", "gap": 0, "keys": "docker ps\\r"}\n'
    given = submission.read(packed(
        tmp_path, (SCRIPT, b"docker run hello-world\n"), ("recordings/getting-started/pid-one.jsonl", recording)))
    assert (given.student, given.notes) == ("ada", ())
    assert [step.keys for step in given.work[HELLO].steps] == ["docker run hello-world\r"]
    assert given.work["getting-started/pid-one"].editing
    assert not given.work[HELLO].editing


def test_an_empty_submission_is_one(tmp_path: Path) -> None:
    assert submission.read(packed(tmp_path)).work == {}


@pytest.mark.parametrize(("members", "says"), [
    ({"x": "y"}, "no manifest.json"),
    ({"manifest.json": "{"}, "damaged"),
    ({"manifest.json": "[]"}, "does not say"),
    ({"manifest.json": '{"format": "other"}'}, "does not say"),
    ({"manifest.json": manifest(student="../../etc")}, "names no student"),
    ({"manifest.json": manifest(student="")}, "names no student"),
    ({"manifest.json": manifest(), "../x": ""}, "the path '../x'"),
    ({"manifest.json": manifest(), "/etc/x": ""}, "the path '/etc/x'"),
    ({"manifest.json": manifest(), "a\\..\\b": ""}, "the path"),
    ({"manifest.json": manifest(), "recordings/getting-started/pid-one.jsonl": "[]"}, "cannot be read"),
    ({"manifest.json": manifest(), SCRIPT: "#: ctrl-what\n"}, "cannot be read"),
])
def test_what_is_no_submission_is_refused(tmp_path: Path, members: dict[str, str], says: str) -> None:
    with pytest.raises(submission.Rejected, match=says.replace("[", r"\[").replace("(", r"\(").replace("..", r"\.\.")):
        submission.read(zipped(tmp_path, **members))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all" * 100])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(submission.Rejected, match="cannot be read as a zip file"):
        submission.read(tmp_path / "x.zip")


def test_every_truncation_is_refused_or_read(tmp_path: Path) -> None:
    whole = packed(tmp_path, (SCRIPT, b"docker run hello-world\n")).read_bytes()
    for size in range(0, len(whole), 7):
        (tmp_path / "t.zip").write_bytes(whole[:size])
        with pytest.raises(submission.Rejected):
            submission.read(tmp_path / "t.zip")


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed(tmp_path, (SCRIPT, b"docker run hello-world\n" * 50)).read_bytes())
    place = data.index(SCRIPT.encode()) + len(SCRIPT) + 5
    data[place : place + 4] = b"\xff\xff\xff\xff"
    (tmp_path / "d.zip").write_bytes(data)
    with pytest.raises(submission.Rejected, match="damaged"):
        submission.read(tmp_path / "d.zip")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(submission.Rejected, match="goes over the limit"):
        submission.read(packed(tmp_path, ("work/a/b/zeros", bytes(submission.LARGEST_FILE + 1))))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(submission.Rejected, match="the limit is 2000"):
        submission.read(packed(tmp_path, *((f"work/a/b/{n}", b"") for n in range(2001))))


def test_a_link_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        archive.writestr("manifest.json", manifest())
        link = zipfile.ZipInfo(SCRIPT)
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(submission.Rejected, match="neither a file nor a folder"):
        submission.read(tmp_path / "l.zip")


def test_what_was_changed_afterwards_is_remarked_on(tmp_path: Path) -> None:
    path = packed(tmp_path, (SCRIPT, b"docker ps\n"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("work/getting-started/none/f", "x")
    notes = " ".join(submission.read(path).notes)
    assert "was changed, added or taken out" in notes
    assert "getting-started/none, which is no exercise" in notes


def test_a_broken_journal_is_remarked_on(tmp_path: Path) -> None:
    notes = submission.read(packed(tmp_path, ("journal.jsonl", b'{"seq": 1, "hash": "x", "prev": "y"}\n'))).notes
    assert notes == ("the journal's chain is broken: entry 1 was changed, or does not follow the one before it",)


def test_the_worker_tells_of_a_problem_and_grades_nothing_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no")
    assert "cannot be read" in worker.grade(tmp_path / "x.zip", images=tmp_path, ids=[HELLO])["problem"]
    said = worker.grade(packed(tmp_path), images=tmp_path, ids=[HELLO])
    assert [report["points"] for report in said["reports"]] == [0]
    assert said["reports"][0]["note"] == "nothing was handed in for this exercise"
