"""A submission: one zip file with the work, the journal, and a digest of everything in it.

    manifest.json                            who, when, which exercises, the digest of every other file
    journal.jsonl                            the engine's journal, as it was handed in
    recordings/<chapter>/<exercise>.jsonl    what was typed
    work/<chapter>/<exercise>/…              the exercise's folder

Nothing in it is believed. It is read in memory with limits on size, number and paths before anything is
written anywhere, and points come from the replay alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from . import course, replay
from .journal import broken

FORMAT = "docklab-submission-1"
LARGEST_FILE, LARGEST, MOST = 4 << 20, 64 << 20, 2000  # bytes of one file, of all files, number of files
STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")


class Rejected(Exception):
    """It is not a submission; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission, read and looked at."""

    student: str
    made: str
    work: Mapping[str, replay.Work]  # by exercise id
    notes: tuple[str, ...] = field(default=())  # what an instructor should know: a broken chain, unknown exercises


def pack(path: Path, *, student: str, made: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a submission."""
    contents = dict(files)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(contents.items())}
    manifest = {"format": FORMAT, "student": student, "made": made, "files": digests}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        for name in digests:
            archive.writestr(name, contents[name])


def read(path: Path) -> Submission:
    """Read a submission; raise Rejected where it is not one."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            files = dict(members(archive))
    except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, EOFError) as error:
        raise Rejected(f"{path.name} cannot be read as a zip file: {error}") from None
    manifest = read_manifest(files)
    notes = [*altered(manifest, files), *journal_notes(files.get("journal.jsonl", b""))]
    work, unknown = sort_out(files, student=str(manifest["student"]))
    notes += [f"it holds work for {id}, which is no exercise" for id in unknown]
    return Submission(str(manifest["student"]), str(manifest.get("made", "")), work, tuple(notes))


def members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Give the files of an archive, within the limits; sizes are counted and not believed."""
    infos, total, seen = archive.infolist(), 0, set()
    if len(infos) > MOST:
        raise Rejected(f"it holds {len(infos)} files; the limit is {MOST}")
    for info in infos:
        name = safe_name(info)
        if info.is_dir():
            continue
        if name in seen:
            raise Rejected(f"it holds {name} twice")
        seen.add(name)
        try:
            with archive.open(info) as file:
                data = file.read(LARGEST_FILE + 1)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, zlib.error) as error:
            raise Rejected(f"{name} in it is damaged: {error}") from None
        total += len(data)
        if len(data) > LARGEST_FILE or total > LARGEST:
            raise Rejected(f"{name} goes over the limit of {LARGEST_FILE >> 20} MiB a file, {LARGEST >> 20} MiB in all")
        yield name, data


def safe_name(info: zipfile.ZipInfo) -> str:
    """Give a member's path; raise Rejected where it leads out of the folder or is not a plain file."""
    name = info.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or len(name) > 255 or not path.parts:
        raise Rejected(f"it holds the path {name[:80]!r}")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Rejected(f"{name} in it is neither a file nor a folder")
    return str(path)


def read_manifest(files: Mapping[str, bytes]) -> dict[str, object]:
    """Read manifest.json; raise Rejected where it is missing or wrong."""
    if "manifest.json" not in files:
        raise Rejected("it has no manifest.json, so it is no submission made by docklab submit")
    try:
        manifest = json.loads(files["manifest.json"])
    except ValueError as error:
        raise Rejected(f"its manifest.json is damaged: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Rejected(f"its manifest.json does not say {FORMAT}")
    if not STUDENT.fullmatch(str(manifest.get("student", ""))):
        raise Rejected(f"its manifest.json names no student: {str(manifest.get('student'))[:40]!r}")
    return manifest


def altered(manifest: Mapping[str, object], files: Mapping[str, bytes]) -> list[str]:
    """List the files that are not as they were when the submission was made."""
    listed = manifest.get("files")
    digests = listed if isinstance(listed, dict) else {}
    actual = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"}
    changed = sorted(name for name in actual.keys() | digests.keys() if actual.get(name) != digests.get(name))
    return [f"{name} was changed, added or taken out after the submission was made" for name in changed]


def journal_notes(data: bytes) -> list[str]:
    """Say what is wrong with the journal, if anything."""
    fault = broken(data.decode(errors="replace").splitlines())
    return [f"the journal's chain is broken: {fault}"] if fault else []


def sort_out(files: Mapping[str, bytes], *, student: str) -> tuple[dict[str, replay.Work], list[str]]:
    """Give the work by exercise, and the ids that are none."""
    mine: dict[str, dict[str, bytes]] = {}
    for name, data in files.items():
        kind, _, rest = name.partition("/")
        parts = rest.removesuffix(".jsonl").split("/") if kind == "recordings" else rest.split("/")
        if kind in ("work", "recordings") and len(parts) >= 2:
            mine.setdefault("/".join(parts[:2]), {})[name] = data
    known = course.exercises()
    work = {id: one_work(known[id], given, student=student) for id, given in mine.items() if id in known}
    return work, sorted(mine.keys() - known.keys())


def one_work(exercise: course.Exercise, given: Mapping[str, bytes], *, student: str) -> replay.Work:
    """Make the work of one exercise: work.sh where there is one, else what was recorded."""
    prefix = f"work/{exercise.id}/"
    files = tuple((name.removeprefix(prefix), data) for name, data in given.items() if name.startswith(prefix))
    recording = given.get(f"recordings/{exercise.id}.jsonl", b"")
    try:
        if script := dict(files).get("work.sh"):
            made = replay.Work.script(script.decode(errors="replace"), exercise.values(student))
        else:
            made = replay.Work.recording(io.StringIO(recording.decode(errors="replace")))
    except (ValueError, TypeError) as error:
        raise Rejected(f"its work for {exercise.id} cannot be read: {error}") from None
    return replay.Work(made.steps, made.editing, files)
