"""`docker inspect` and its kin for one type: what the engine knows of a thing, as JSON or through a template."""

from __future__ import annotations

from ...client import api, connection
from . import formats, listing
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .context import Context
    from .pflag import Values

    Fetch = Callable[[str], bytes]

# Type of thing: (path, Go type); the order is that in which a plain `docker inspect` looks.
KINDS = {
    "container": ("/containers/{}/json", "container.InspectResponse"),
    "image": ("/images/{}/json", "image.InspectResponse"),
    "network": ("/networks/{}", "network.Inspect"),
    "volume": ("/volumes/{}", "volume.Volume"),
    "service": ("/services/{}", "swarm.Service"),
    "task": ("/tasks/{}", "swarm.Task"),
    "node": ("/nodes/{}", "swarm.Node"),
    "plugin": ("/plugins/{}/json", "types.Plugin"),
    "secret": ("/secrets/{}", "swarm.Secret"),
    "config": ("/configs/{}", "swarm.Config"),
}
# What an engine may answer instead of "not found" without the thing being there: not a swarm, not supported.
ABSENT = ("not found", "no such", "this node is not a swarm manager", "not part of a swarm", "not supported")


def indent(data: bytes) -> str:
    """Return JSON laid out with four spaces, every token as the engine wrote it."""
    import re

    out: list[str] = []
    depth = 0
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', data.decode("utf-8", "replace")):
        if token in "{[":
            depth += 1
            out.append(token + "\n" + "    " * depth)
        elif token in "}]":
            depth -= 1
            empty = out[-1][:1] in ("{", "[") and out[-1][1:2] == "\n"
            out[-1:] = [out[-1][0] + token] if empty else [out[-1], "\n" + "    " * depth + token]
        else:
            out.append({",": ",\n" + "    " * depth, ":": ": "}.get(token, token))
    return "".join(out)


class Inspector:
    """Collects what is found and writes it: a JSON list, or a template's text per thing."""

    def __init__(self, form: str) -> None:
        self.found: list[bytes] = []
        self.lines: list[str] = []
        self.form = form
        if self.form not in ("", "json"):
            from . import templates

            try:
                self.template = templates.parse(self.form)
            except templates.TemplateError as error:
                raise CliError(f"template parsing error: {error}", 64) from None

    def add(self, data: bytes, go_type: str) -> None:
        """Take one thing: the engine's JSON and the Go type Docker's client reads it as."""
        self.found.append(data)
        if self.form not in ("", "json"):
            self.lines.append(self._fill(data, go_type))

    def _fill(self, data: bytes, go_type: str) -> str:
        import json

        from . import gotypes, templates
        from .templates import values

        try:
            if go_type in gotypes.STRUCTS:
                return self.template.render(values.Typed(go_type, json.loads(data)))
        except templates.TemplateError:
            pass
        # The typed value refused: `.Id` is spelled so in the JSON only.
        try:
            return self.template.render(values.parse_json(data), strict=True)
        except templates.TemplateError as error:
            raise listing.FormatError(f"template parsing error: {error}") from None

    def text(self) -> str:
        """Return everything collected."""
        if self.form not in ("", "json"):
            return "".join(line + "\n" for line in self.lines) or "\n"
        if not self.found:
            return "[]\n"
        whole = b"[" + b",".join(item.strip() for item in self.found) + b"]"
        return (whole.decode("utf-8", "replace") if self.form else indent(whole)) + "\n"


def document(context: Context, path: str, query: dict[str, Any]) -> bytes:
    """Get a thing's JSON as the engine wrote it."""
    answer = context.client.request("GET", path, query)
    data = answer.body()
    context.client.keep(answer)
    return data


def each(names: list[str], form: str, find: Callable[[str], tuple[bytes, str]]) -> int:
    """Inspect things; what is missing is said after what was found."""
    inspector = Inspector(form)
    errors = []
    for name in names:
        try:
            inspector.add(*find(name))
        except api.ApiError as error:
            errors.append(f"Error response from daemon: {error.message}")
        except (CliError, connection.ConnectionFailed) as error:
            errors.append(str(error))
            if isinstance(error, listing.FormatError):
                break
    formats.write(inspector.text())
    if errors:
        raise CliError("\n".join(errors))
    return 0


def finder(context: Context, kind: str, *, size: bool = False) -> Callable[[str], tuple[bytes, str]]:
    """Return the function that looks for a name among one kind of thing."""
    path, go_type = KINDS[kind]
    query = {"size": 1} if size and kind == "container" else {}

    def find(name: str) -> tuple[bytes, str]:
        return document(context, path.format(api.quote(name)), query), go_type

    return find


def anything(context: Context, *, size: bool) -> Callable[[str], tuple[bytes, str]]:
    """Return the function that looks for a name among all kinds."""

    def find(name: str) -> tuple[bytes, str]:
        for kind in KINDS:
            try:
                return finder(context, kind, size=size)(name)
            except api.ApiError as error:
                if error.status not in (404, 501, 503) and not any(word in str(error).lower() for word in ABSENT):
                    raise
        raise CliError(f"Error: No such object: {name}")

    return find


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Inspect things of any type, or of the one asked for."""
    kind = flags["type"]
    if kind and kind not in KINDS:
        known = ", ".join(f'"{name}"' for name in sorted(KINDS))
        raise CliError(f'unknown type: "{kind}": must be one of {known}')
    find = finder(context, kind, size=flags["size"]) if kind else anything(context, size=flags["size"])
    return each(words, flags["format"], find)


COMMAND = Command(
    "inspect",
    "Return low-level information on Docker objects",
    "[OPTIONS] NAME|ID [NAME|ID...]",
    (
        Flag("format", formats.PLAIN_HELP, short="f", kind="string"),
        Flag("size", "Display total file sizes if the type is container", short="s"),
        Flag("type", "Only inspect objects of the given type", kind="string"),
    ),
    run,
    args=(1, None),
)


def _one_type(kind: str, noun: str, *flags: Flag) -> Command:
    """Return the `inspect` command of one type."""

    def run_one(context: Context, values: Values, words: list[str]) -> int:
        return each(words, values["format"], finder(context, kind, size=bool(values.get("size"))))

    form = Flag("format", formats.PLAIN_HELP, short="f", kind="string")
    summary = f"Display detailed information on one or more {kind}s"
    return Command("inspect", summary, f"[OPTIONS] {noun} [{noun}...]", (form, *flags), run_one, args=(1, None))


PLATFORM = (
    "Inspect a specific platform of the multi-platform image.\n"
    "If the image or the server is not multi-platform capable, "
    "the command will error out if the platform does not match.\n"
    "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)"
)
CONTAINER = _one_type("container", "CONTAINER", Flag("size", "Display total file sizes", short="s"))
IMAGE = _one_type("image", "IMAGE", Flag("platform", PLATFORM, kind="string", hidden=True))
NETWORK = _one_type("network", "NETWORK", Flag("verbose", "Verbose output for diagnostics", short="v"))
VOLUME = _one_type("volume", "VOLUME")
