"""`docker import`: an image from the files of an archive."""

from __future__ import annotations

from ...client import api
from . import files, progress, references
from .command import Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Send the archive, or the address the engine shall fetch it from."""
    source, target = words[0], words[1] if len(words) > 1 else ""
    if target:
        references.check(target)
    remote = source.startswith(("http://", "https://"))
    query = {
        "changes": flags["change"],
        "fromSrc": source if remote else "-",
        "message": flags["message"],
        "repo": target,
        "platform": flags["platform"].lower() or None,
    }
    if remote:
        progress.show(context.client.messages("POST", "/images/create", None, None, **query))
        return 0
    with files.source("" if source == "-" else source) as archive:
        answer = context.client.request("POST", "/images/create", query, files.blocks(archive))
        progress.show(api.documents(answer.pieces()))
    return 0


COMMAND = Command(
    "import",
    "Import the contents from a tarball to create a filesystem image",
    "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
    (
        Flag("change", "Apply Dockerfile instruction to the created image", short="c", kind="list"),
        Flag("message", "Set commit message for imported image", short="m", kind="string"),
        Flag("platform", "Set platform if server is multi-platform capable", kind="string"),
    ),
    run,
    args=(1, None),
    aliases="docker image import, docker import",
)
