"""A repository as the context of a build: `https://host/repo.git#branch:folder`."""

from __future__ import annotations

import os
import re
import tempfile

from .command import CliError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Scratch = tempfile.TemporaryDirectory[str]

# The clone lives as long as its context is being sent.
_clones: dict[str, Scratch] = {}


def is_git(place: str) -> bool:
    """Say whether a place is a repository rather than a folder or an archive."""
    if place.startswith(("git://", "git@", "github.com/", "ssh://")):
        return True
    return bool(re.match(r"https?://.*\.git(#.*)?$", place))


def clone(place: str) -> str:
    """Check a repository out and return the folder in it that is the context."""
    address, _, fragment = place.partition("#")
    reference, _, inside = fragment.partition(":")
    if reference.startswith("-") or address.startswith("-"):
        raise CliError(f"unable to prepare context: invalid git reference: {place}")
    address = f"https://{address}" if address.startswith("github.com/") else address
    scratch = tempfile.TemporaryDirectory(prefix="docker-build-git")
    folder = os.path.join(scratch.name, "repo")
    _git(scratch.name, "init", "-q", folder)
    _git(folder, "remote", "add", "origin", "--", address)
    _git(folder, "fetch", "-q", "--depth", "1", "origin", "--", reference or "HEAD")
    _git(folder, "checkout", "-q", "FETCH_HEAD")
    chosen = os.path.realpath(os.path.join(folder, inside.lstrip("/")))
    if not (chosen + "/").startswith(os.path.realpath(folder) + "/") or not os.path.isdir(chosen):
        scratch.cleanup()
        raise CliError(f'unable to prepare context: path "{inside}" not found in repository')
    _clones[chosen] = scratch
    return chosen


def _git(folder: str, *words: str) -> None:
    import subprocess

    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", "-C", folder, *words], env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip()
        raise CliError(f"unable to prepare context: unable to 'git clone' to temporary context directory: {reason}")


def packed(folder: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the packed context and remove the clone after it."""
    try:
        yield from pieces
    finally:
        _clones.pop(folder).cleanup()
