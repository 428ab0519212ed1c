"""`docker login` and `docker logout`: accounts of registries."""

from __future__ import annotations

import sys

from . import accounts
from .command import CliError, Command
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .pflag import Values


def secret(context: Context, flags: Values) -> str:
    """Return the password that flags or standard input give; empty when neither does."""
    if flags["password"]:
        context.warn("WARNING! Using --password via the CLI is insecure. Use --password-stdin.")
        if flags["password-stdin"]:
            raise CliError("--password and --password-stdin are mutually exclusive")
        return str(flags["password"])
    if not flags["password-stdin"]:
        return ""
    if not flags["username"]:
        raise CliError("the --password-stdin option requires --username to be set")
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def ask(name: str, password: str) -> tuple[str, str]:
    """Ask at the terminal for what is missing."""
    if name and password:
        return name, password
    if not sys.stdin.isatty():
        raise CliError("Error: Cannot perform an interactive login from a non TTY device")
    import getpass

    if not name:
        sys.stdout.write("Username: ")
        sys.stdout.flush()
        name = sys.stdin.readline().strip()
        if not name:
            raise CliError("Error: Username is required")
    password = password or getpass.getpass("Password: ")
    if not password:
        raise CliError("Error: Password is required")
    return name, password


def run(context: Context, flags: Values, words: list[str]) -> int:
    """Check an account with its registry and keep it."""
    server = _server(words[0]) if words else accounts.HUB
    name, password = flags["username"], secret(context, flags)
    known = accounts.account(context, server)
    if not name and not password and known:
        name, password = known["username"], known["password"]
    name, password = ask(name, password)
    body = {"username": name, "password": password, "serveraddress": server}
    answer = context.client.post("/auth", body) or {}
    path = accounts.store(context, server, accounts.encoded(name, password))
    context.warn(
        f"\nWARNING! Your credentials are stored unencrypted in '{path}'.\n"
        "Configure a credential helper to remove this warning. See\n"
        "https://docs.docker.com/go/credential-store/\n"
    )
    if answer.get("Status"):
        context.out(answer["Status"])
    return 0


def _server(text: str) -> str:
    plain = text.removeprefix("https://").removeprefix("http://")
    host = plain.partition("/")[0]
    return accounts.HUB if host in ("docker.io", "index.docker.io", "registry-1.docker.io") else host


def logout(context: Context, flags: Values, words: list[str]) -> int:
    """Forget an account."""
    server = _server(words[0]) if words else accounts.HUB
    context.out(f"Removing login credentials for {server}")
    if server in (context.config.get("auths") or {}):
        accounts.store(context, server, None)
    return 0


COMMAND = Command(
    "login",
    "Authenticate to a registry",
    "[OPTIONS] [SERVER]",
    (
        Flag("password", "Password or Personal Access Token (PAT)", short="p", kind="string"),
        Flag("password-stdin", "Take the Password or Personal Access Token (PAT) from stdin"),
        Flag("username", "Username", short="u", kind="string"),
    ),
    run,
    args=(0, 1),
    description="Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
)
LOGOUT = Command(
    "logout",
    "Log out from a registry",
    "[SERVER]",
    run=logout,
    args=(0, 1),
    description="Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
)
