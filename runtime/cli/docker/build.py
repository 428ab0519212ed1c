"""`docker build`: an image from a Dockerfile and the folder around it, packed and sent to the engine."""

from __future__ import annotations

import os
import sys

from ...client import api
from . import buildcontext, gitcontext, progress, references, units
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .context import Context
    from .pflag import Values


def _tag(text: str) -> str:
    """Refuse a tag that is no image's name when the flags are read."""
    reason = references.problem(text)
    if reason:
        raise ValueError(reason)
    return text


def query(flags: Values, dockerfile: str) -> dict[str, Any]:
    """Return what the engine is told beside the context."""
    pairs = (word.partition("=") for word in flags["build-arg"])
    given = {name: value if equals else os.environ.get(name) for name, equals, value in pairs}
    labels = dict(word.partition("=")[::2] for word in flags["label"])
    return {
        "t": flags["tag"],
        "dockerfile": dockerfile,
        "buildargs": given,
        "labels": labels,
        "nocache": 1 if flags["no-cache"] else None,
        "pull": 1 if flags["pull"] else None,
        "rm": 1 if flags["rm"] else 0,
        "forcerm": 1 if flags["force-rm"] else None,
        "target": flags["target"] or None,
        "networkmode": flags["network"],
        "extrahosts": flags["add-host"] or None,
        "cachefrom": _array(flags["cache-from"]),
        "platform": flags["platform"] or None,
        "squash": 1 if flags["squash"] else None,
        "version": "1",
        **limits(flags),
    }


def limits(flags: Values) -> dict[str, Any]:
    """Return the limits for the instructions that run."""
    return {
        "memory": flags["memory"],
        "memswap": flags["memory-swap"],
        "cpushares": flags["cpu-shares"],
        "cpuperiod": flags["cpu-period"],
        "cpuquota": flags["cpu-quota"],
        "cpusetcpus": flags["cpuset-cpus"],
        "cpusetmems": flags["cpuset-mems"],
        "cgroupparent": flags["cgroup-parent"],
        "shmsize": flags["shm-size"],
        "securityopt": _array(flags["security-opt"]),
        "ulimits": _ulimits(flags["ulimit"]),
        "remote": None,
    }


def _array(words: list[str]) -> str | None:
    import json

    return json.dumps(words) if words else None


def _ulimits(words: list[str]) -> str | None:
    import json

    found = []
    for word in words:
        name, _, value = word.partition("=")
        soft, _, hard = value.partition(":")
        try:
            found.append({"Name": name, "Soft": int(soft), "Hard": int(hard or soft)})
        except ValueError:
            raise CliError(f"invalid ulimit argument: {word}") from None
    return json.dumps(found) if found else None


def context_of(flags: Values, place: str) -> tuple[Iterable[bytes], str]:
    """Return the packed context and the Dockerfile's name in it; a remote archive is the engine's to fetch."""
    if place == "-":
        return buildcontext.from_input(sys.stdin.buffer, flags["file"])
    if gitcontext.is_git(place):
        folder = gitcontext.clone(place)
        name, own = buildcontext.dockerfile(folder, os.path.join(folder, flags["file"]) if flags["file"] else "")
        return gitcontext.packed(folder, buildcontext.pack(folder, name, own)), name
    if place.startswith(("http://", "https://")):
        return (), flags["file"] or buildcontext.NAME
    if not os.path.exists(place):
        raise CliError(f'unable to prepare context: path "{place}" not found')
    if not os.path.isdir(place):
        raise CliError(f"unable to prepare context: context must be a directory: {os.path.abspath(place)}")
    name, own = buildcontext.dockerfile(place, flags["file"])
    return buildcontext.pack(place, name, own), name


def counted(pieces: Iterable[bytes], *, quiet: bool) -> Iterator[bytes]:
    """Yield the pieces and say how much went out."""
    total = 0
    for piece in pieces:
        total += len(piece)
        if not quiet and sys.stdout.isatty():
            sys.stdout.write(f"\rSending build context to Docker daemon  {units.size(total)}")
            sys.stdout.flush()
        yield piece
    if not quiet:
        lead = "\r" if sys.stdout.isatty() else ""
        sys.stdout.write(f"{lead}Sending build context to Docker daemon  {units.size(total)}\n")
        sys.stdout.flush()


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Pack, send, and show the engine's words."""
    pieces, name = context_of(flags, words[0])
    headers = {"Content-Type": "application/x-tar"}
    body = counted(pieces, quiet=flags["quiet"])
    asked = query(flags, name) | {"q": 1 if flags["quiet"] else None}
    if words[0].startswith(("http://", "https://")) and not gitcontext.is_git(words[0]):
        asked |= {"remote": words[0]}
    answer = context.client.request("POST", "/build", asked, body, headers)
    found = _show(api.documents(answer.pieces()), quiet=flags["quiet"])
    if flags["iidfile"] and found:
        with open(flags["iidfile"], "w", encoding="utf-8") as file:
            file.write(found)
    return 0


def _show(messages: Iterator[dict[str, Any]], *, quiet: bool) -> str:
    """Show the build; quiet, its identifier alone, and everything when it fails."""
    import io

    kept = io.StringIO()
    try:
        extra = progress.show(messages, out=kept if quiet else None)
    except CliError:
        if quiet:
            sys.stderr.write(kept.getvalue())
        raise
    if quiet:
        sys.stdout.write(kept.getvalue())
    return next((str(item["ID"]) for item in extra if item.get("ID")), "")


COMMAND = Command(
    "build",
    "Build an image from a Dockerfile",
    "[OPTIONS] PATH | URL | -",
    (
        Flag("add-host", 'Add a custom host-to-IP mapping ("host:ip")', kind="list"),
        Flag("build-arg", "Set build-time variables", kind="list"),
        Flag("cache-from", "Images to consider as cache sources", kind="strings"),
        Flag("cgroup-parent", 'Set the parent cgroup for the "RUN" instructions during build', kind="string"),
        Flag("compress", "Compress the build context using gzip"),
        Flag("cpu-period", "Limit the CPU CFS (Completely Fair Scheduler) period", kind="int"),
        Flag("cpu-quota", "Limit the CPU CFS (Completely Fair Scheduler) quota", kind="int"),
        Flag("cpu-shares", "CPU shares (relative weight)", short="c", kind="int"),
        Flag("cpuset-cpus", "CPUs in which to allow execution (0-3, 0,1)", kind="string"),
        Flag("cpuset-mems", "MEMs in which to allow execution (0-3, 0,1)", kind="string"),
        Flag("disable-content-trust", "Skip image verification", default=True),
        Flag("file", 'Name of the Dockerfile (Default is "PATH/Dockerfile")', short="f", kind="string"),
        Flag("force-rm", "Always remove intermediate containers"),
        Flag("iidfile", "Write the image ID to the file", kind="string"),
        Flag("isolation", "Container isolation technology", kind="string"),
        Flag("label", "Set metadata for an image", kind="list"),
        Flag("memory", "Memory limit", short="m", kind="bytes"),
        Flag("memory-swap", "Swap limit equal to memory plus swap: -1 to enable unlimited swap", kind="bytes"),
        Flag(
            "network", "Set the networking mode for the RUN instructions during build", kind="string", default="default"
        ),
        Flag("no-cache", "Do not use cache when building the image"),
        Flag("platform", "Set platform if server is multi-platform capable", kind="string"),
        Flag("pull", "Always attempt to pull a newer version of the image"),
        Flag("quiet", "Suppress the build output and print image ID on success", short="q"),
        Flag("rm", "Remove intermediate containers after a successful build", default=True),
        Flag("security-opt", "Security options", kind="strings"),
        Flag("shm-size", 'Size of "/dev/shm"', kind="bytes"),
        Flag("squash", "Squash newly built layers into a single new layer", hidden=True),
        Flag("tag", 'Name and optionally a tag in the "name:tag" format', short="t", kind="list", check=_tag),
        Flag("target", "Set the target build stage to build.", kind="string"),
        Flag("ulimit", "Ulimit options", kind="ulimit", shown="[]"),
    ),
    run,
    args=(1, 1),
    aliases="docker image build, docker build, docker builder build",
)
