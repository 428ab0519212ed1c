"""`docker push`: an image to a registry."""

from __future__ import annotations

from ...client import api
from . import accounts, formats, progress, pull, references
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values

PLATFORM = (
    "Push a platform-specific manifest as a single-platform image to the registry.\n"
    "Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.\n"
    "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)"
)


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Ask the engine to push and show how it goes."""
    references.check(words[0])
    name, tag = references.split(words[0])
    if flags["all-tags"] and tag:
        raise CliError("tag can't be used with --all-tags/-a")
    if not flags["all-tags"] and not tag:
        tag = "latest"
        if not flags["quiet"]:
            context.out("Using default tag: latest")
    headers = accounts.header(accounts.account(context, accounts.server_of(name)))
    query = {"tag": tag or None, "platform": formats.platform(flags["platform"])}
    messages = context.client.messages("POST", f"/images/{api.quote(name)}/push", None, headers, **query)
    if flags["quiet"]:
        for message in messages:
            if message.get("error"):
                raise CliError(message["error"])
        context.out(f"{pull.full(name)}:{tag}" if tag else pull.full(name))
        return 0
    progress.show(messages)
    return 0


COMMAND = Command(
    "push",
    "Upload an image to a registry",
    "[OPTIONS] NAME[:TAG]",
    (
        Flag("all-tags", "Push all tags of an image to the repository", short="a"),
        Flag("disable-content-trust", "Skip image signing", default=True),
        Flag("platform", PLATFORM, kind="string"),
        Flag("quiet", "Suppress verbose output", short="q"),
    ),
    run,
    args=(1, 1),
    aliases="docker image push, docker push",
)
