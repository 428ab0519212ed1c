"""docker cp: between the files here and a container's."""

from __future__ import annotations

import os
import posixpath
import sys

from ...client import archives
from ...client.api import ApiError
from . import copying, frames
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .context import Context
    from .pflag import Values

FLAGS = (
    Flag("archive", "Archive mode (copy all uid/gid information)", short="a"),
    Flag("follow-link", "Always follow symbol link in SRC_PATH", short="L"),
    Flag(
        "quiet",
        "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
        short="q",
    ),
)
LINK, DIRECTORY = 1 << 27, 1 << 31
BLOCK = 1 << 20


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Copy in one direction or the other."""
    source, target = (split(word) for word in arguments)
    if source[0] and target[0]:
        raise CliError("copying between containers is not supported")
    if not source[0] and not target[0]:
        raise CliError("must specify at least one container source")
    if not source[1] or not target[1]:
        raise CliError("source can not be empty" if not source[1] else "destination can not be empty")
    try:
        if source[0]:
            return copy_out(context, values, source[0], source[1], target[1])
        return copy_in(context, values, source[1], target[0], target[1])
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CliError(f"{copying.verb(error)} {error.filename}: {reason}" if error.filename else reason) from None


def split(word: str) -> tuple[str, str]:
    """Split CONTAINER:PATH; a local path has no container."""
    container, colon, path = word.partition(":")
    if posixpath.isabs(word) or not colon or container.startswith("."):
        return "", word
    return container, path


def absolute(path: str) -> str:
    """Make a container's path absolute; a slash or a dot at its end stays, it means something."""
    kept = posixpath.normpath(posixpath.join("/", path))
    if path.endswith("/.") or path == ".":
        return posixpath.join(kept, ".")
    return kept + "/" if path.endswith("/") and kept != "/" else kept


def copy_out(context: Context, values: Values, container: str, source: str, target: str) -> int:
    """Copy from a container."""
    if target != "-":
        check_target(target)
    source = absolute(source)
    name = copying.base(source)
    if values["follow-link"]:
        found = archives.stat(context.client, container, source)
        if found["mode"] & LINK:
            source = posixpath.normpath(posixpath.join(posixpath.dirname(source.rstrip("/")), found["linkTarget"]))
    found, stream = archives.get(context.client, container, source)
    if target == "-":
        sys.stdout.flush()
        for piece in stream:
            frames.write_all(1, piece)
        return 0
    directory = bool(found["mode"] & DIRECTORY)
    archive_root = copying.base(source)
    copied = copying.unpack(stream, target, name=name, root=archive_root, directory=directory, owners=values["archive"])
    report(values, copied, target)
    return 0


def check_target(target: str) -> None:
    """Refuse a target whose folder does not exist."""
    folder = os.path.dirname(os.path.abspath(target))
    if not os.path.isdir(folder):
        raise CliError(f'invalid output path: directory "{folder}" does not exist')


def copy_in(context: Context, values: Values, source: str, container: str, target: str) -> int:
    """Copy into a container."""
    target = absolute(target)
    there, is_directory, target = look(context, container, target)
    options = {"noOverwriteDirNonDir": "true"} | ({"copyUIDGID": "true"} if values["archive"] else {})
    if source == "-":
        if not is_directory:
            raise CliError(f'destination "{container}:{target}" must be a directory')
        archives.put(context.client, container, target, iter(lambda: os.read(0, BLOCK), b""), **options)
        return 0
    copying.check_source(source)
    folder, name = copying.place(
        source, target, exists=there, target_is_folder=is_directory, follow=values["follow-link"]
    )
    counter = copying.Counter(copying.pack(source, name, follow=values["follow-link"]))
    archives.put(context.client, container, folder, pieces(counter), **options)
    report(values, counter.total, f"{container}:{target}")
    return 0


def pieces(counter: copying.Counter) -> Iterator[bytes]:
    """Give the counted stream as a plain iterator."""
    yield from counter


def look(context: Context, container: str, target: str) -> tuple[bool, bool, str]:
    """Look at the target in the container, through one symbolic link: exists, is a folder, its path."""
    for _ in range(2):
        try:
            found = archives.stat(context.client, container, target)
        except ApiError:
            return False, False, target
        if not found["mode"] & LINK:
            return True, bool(found["mode"] & DIRECTORY), target
        target = posixpath.normpath(posixpath.join(posixpath.dirname(target.rstrip("/")), found["linkTarget"]))
    return True, bool(found["mode"] & DIRECTORY), target


def report(values: Values, size: int, target: str) -> None:
    """Say on a terminal how much was copied."""
    if values["quiet"] or not os.isatty(2):
        return
    from . import units

    sys.stderr.write(f"Successfully copied {units.size3(size)} to {target}\n")


COMMAND = Command(
    "cp",
    "Copy files/folders between a container and the local filesystem",
    "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
    FLAGS,
    run,
    args=(2, 2),
    aliases="docker container cp, docker cp",
    description=(
        "Copy files/folders between a container and the local filesystem\n\n"
        "Use '-' as the source to read a tar archive from stdin\n"
        "and extract it to a directory destination in a container.\n"
        "Use '-' as the destination to stream a tar archive of a\n"
        "container source to stdout."
    ),
)
