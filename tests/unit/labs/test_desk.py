"""A student's desk, without an engine."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from graders import replay, submission
from graders.api import Api
from graders.check import Ungradable
from graders.facts import Before
from labs import __main__ as verbs
from labs import desk

ID = "getting-started/pid-one"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCKLAB_STUDENT", "ada")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    return tmp_path / "home"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that has every image and nothing else."""
    images = {f"{name}:latest": f"sha256:{name}" for name in ("busybox", "ubuntu", "hello-world")}
    monkeypatch.setattr(Before, "seen", classmethod(lambda cls, api: Before(1.0, images, ())))
    monkeypatch.setattr(replay, "prepare", lambda *_, **__: None)
    monkeypatch.setattr(Api, "get", lambda *_, **__: [])
    monkeypatch.setattr(Api, "delete", lambda *_, **__: None)


def test_a_student_is_named_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.student() == "ada"
    monkeypatch.setenv("DOCKLAB_STUDENT", "eve")
    assert desk.student() == "ada"
    (home / "student").write_text("../evil\n")
    with pytest.raises(desk.DeskError, match="which is no id"):
        desk.student()


@pytest.mark.usefixtures("engine")
def test_starting_sets_up_once_and_makes_it_the_one_under_way() -> None:
    text = desk.start("pid-one")
    assert "polite-" in text
    assert desk.find().id == ID
    before = desk.recall(desk.find())
    assert before["before"]["time"] == 1.0
    desk.hint()
    desk.start("pid-one")
    assert desk.recall(desk.find())["hints"] == 1


@pytest.mark.usefixtures("engine")
def test_hints_come_one_by_one_and_the_last_one_again() -> None:
    desk.start("pid-one")
    assert [desk.hint()[:2] for _ in range(4)] == [(1, 3), (2, 3), (3, 3), (3, 3)]


def test_without_an_engine_one_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.main(["start", "pid-one"]) == 2
    assert "cannot talk to the engine" in capsys.readouterr().err


def test_without_an_exercise_one_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.main(["check"]) == 2
    assert "no exercise is under way" in capsys.readouterr().err
    assert verbs.main(["check", "nothing"]) == 2
    assert "no exercise 'nothing'" in capsys.readouterr().err
    assert verbs.main(["check", "pid-one"]) == 2
    assert "was not begun" in capsys.readouterr().err


def test_a_set_up_that_fails_does_not_begin_the_exercise(engine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Ungradable("the set-up failed: no space")

    monkeypatch.setattr(replay, "prepare", fail)
    with pytest.raises(desk.DeskError, match="no space"):
        desk.start("pid-one")
    assert desk.recall(desk.find("pid-one")) == {}


@pytest.mark.usefixtures("engine")
def test_submitting_packs_recordings_and_small_files(tmp_path: Path, home: Path) -> None:
    desk.start("pid-one")
    exercise = desk.find()
    (desk.folder(exercise) / "answer.txt").write_text("x = 1\n")
    (desk.folder(exercise) / "large.tar").write_bytes(bytes(desk.CARRIED + 1))
    desk.recording(exercise).parent.mkdir(parents=True)
    desk.recording(exercise).write_text(json.dumps({"terminal": "1", "gap": 0, "keys": "docker ps\r"}) + "\n")
    path, ids = desk.submit(tmp_path / "ada.zip")
    given = submission.read(path)
    assert ids == [ID]
    assert given.student == "ada"
    assert [step.keys for step in given.work[ID].steps] == ["docker ps\r"]
    assert given.work[ID].files == (("answer.txt", b"x = 1\n"),)


@pytest.mark.usefixtures("engine")
def test_resetting_forgets_what_was_typed_and_made(home: Path) -> None:
    desk.start("pid-one")
    exercise = desk.find()
    (desk.folder(exercise) / "mine").touch()
    desk.recording(exercise).parent.mkdir(parents=True)
    desk.recording(exercise).write_text("{}")
    desk.hint()
    desk.reset()
    assert not (desk.folder(exercise) / "mine").exists()
    assert not desk.recording(exercise).exists()
    assert desk.recall(exercise)["hints"] == 0


def test_the_list_names_every_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.main(["list"]) == 0
    assert "Getting started" in capsys.readouterr().out


def test_verifying_what_is_no_submission(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.zip").write_text("no")
    assert verbs.main(["verify", str(tmp_path / "x.zip")]) == 2
    assert "is no submission" in capsys.readouterr().err


def test_paths_below_home_are_written_with_a_tilde() -> None:
    assert verbs.tilde(Path.home() / "docklab/work") == "~/docklab/work"
    assert verbs.tilde(Path("/srv/x")) == "/srv/x"
