"""`docker pull`: an image from a registry."""

from __future__ import annotations

from . import accounts, progress, references
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    import io

    from .context import Context
    from .pflag import Values


def full(text: str) -> str:
    """Return an image's name in full: `busybox` is `docker.io/library/busybox`."""
    host, slash, _ = text.partition("/")
    if slash and ("." in host or ":" in host or host == "localhost" or host != host.lower()):
        return text
    return f"docker.io/{text}" if slash else f"docker.io/library/{text}"


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Ask the engine to pull and show how it goes."""
    name, rest = _wanted(context, flags, words[0])
    query = {"fromImage": name, "tag": rest or None, "platform": flags["platform"] or None}
    headers = accounts.header(accounts.account(context, accounts.server_of(name)))
    messages = context.client.messages("POST", "/images/create", None, headers, **query)
    progress.show(messages, out=_nowhere() if flags["quiet"] else None)
    separator = "@" if ":" in rest else ":"
    context.out(full(name) + (f"{separator}{rest}" if rest else ""))
    return 0


def _wanted(context: Context, flags: Values, text: str) -> tuple[str, str]:
    """Return name and tag or digest to pull; say which tag an unnamed one is."""
    references.check(text)
    name, rest = references.split(text)
    if flags["all-tags"]:
        if rest:
            raise CliError("tag can't be used with --all-tags/-a")
        return name, ""
    if not rest:
        rest = "latest"
        if not flags["quiet"]:
            context.out("Using default tag: latest")
    return name, rest


def _nowhere() -> io.StringIO:
    import io

    class Nowhere(io.StringIO):
        def fileno(self) -> int:
            raise OSError

    return Nowhere()


COMMAND = Command(
    "pull",
    "Download an image from a registry",
    "[OPTIONS] NAME[:TAG|@DIGEST]",
    (
        Flag("all-tags", "Download all tagged images in the repository", short="a"),
        Flag("disable-content-trust", "Skip image verification", default=True),
        Flag("platform", "Set platform if server is multi-platform capable", kind="string"),
        Flag("quiet", "Suppress verbose output", short="q"),
    ),
    run,
    args=(1, 1),
    aliases="docker image pull, docker pull",
)
