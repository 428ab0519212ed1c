"""docklabd: flags, one daemon per data root, sockets, and a clean end."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import grp
import ipaddress
import logging
import os
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from .api.app import App, printable
from .engine.engine import Engine
from .engine.settings import Settings
from .errors import EngineError
from .http import listeners
from .http.listeners import Listening
from .store.journal import Journal

log = logging.getLogger("docklabd")

FOLDER_LIMIT = 80  # characters of the execution root: a unix socket's path has 108


class Fatal(Exception):
    """The daemon cannot start; the message is one line for the user."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(125, f"docklabd: {message}\nSee 'docklabd --help'.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="docklabd", description="The docklab engine: a daemon that speaks the Docker Engine API.")
    add = parser.add_argument
    defaults = Settings()
    add("--data-root", "-g", type=Path, default=defaults.data_root, metavar="DIR", help="what is kept")
    add("--exec-root", type=Path, default=defaults.exec_root, metavar="DIR", help="what a reboot may forget")
    add("-H", "--host", action="append", metavar="ADDRESS", help="unix:///path or tcp://address:port, repeatable")
    add("-p", "--pidfile", type=Path, metavar="FILE", help="where to write the process's number")
    add("-G", "--group", default="", metavar="NAME", help="group that may use the unix socket (default docker)")
    add("--bip", default="", metavar="CIDR", help="address of the default bridge")
    add("--insecure-registry", action="append", default=[], metavar="HOST:PORT", help="registry without TLS")
    add("--registry-mirror", action="append", default=[], metavar="URL", help="registry to ask first")
    add("--label", action="append", default=[], metavar="KEY=VALUE", help="label of the daemon")
    add("--cgroup-parent", default=defaults.cgroup_parent, metavar="NAME", help="control group of all containers")
    add("--tls", nargs="?", const="true", default="", metavar="BOOL", help="use TLS on TCP")
    add("--tlsverify", action="store_true", help="use TLS and ask clients for a certificate")
    add("--tlscacert", type=Path, metavar="FILE", help="authority of the clients' certificates")
    add("--tlscert", type=Path, metavar="FILE", help="certificate of this daemon")
    add("--tlskey", type=Path, metavar="FILE", help="key of this daemon")
    add("--live-restore", action="store_true", help="leave containers running when the daemon is stopped")
    add("--shutdown-timeout", type=int, default=defaults.shutdown_timeout, metavar="SECONDS")
    add("-D", "--debug", action="store_true", help="say more")
    add("-l", "--log-level", default="info", choices=("debug", "info", "warn", "error", "fatal"))
    return parser


def parse(arguments: Sequence[str]) -> tuple[Settings, str]:
    """Read the command line; the second value is the log level."""
    given = _parser().parse_args(arguments)
    settings = Settings(
        data_root=given.data_root.absolute(),
        exec_root=given.exec_root.absolute(),
        hosts=tuple(given.host or Settings().hosts),
        pidfile=given.pidfile,
        group=given.group,
        bip=given.bip,
        insecure_registries=tuple(given.insecure_registry),
        registry_mirrors=tuple(given.registry_mirror),
        labels=tuple(given.label),
        cgroup_parent=given.cgroup_parent,
        live_restore=given.live_restore,
        debug=given.debug,
        tls=given.tls.lower() in ("true", "1", "t") or given.tlsverify,
        tls_verify=given.tlsverify,
        tls_ca=given.tlscacert,
        tls_cert=given.tlscert,
        tls_key=given.tlskey,
        shutdown_timeout=given.shutdown_timeout,
    )
    _check(settings, plain=given.tls.lower() in ("false", "0", "f"))
    return settings, "debug" if given.debug else given.log_level


def _check(settings: Settings, *, plain: bool) -> None:
    if len(str(settings.exec_root)) > FOLDER_LIMIT:
        raise Fatal(f"--exec-root {settings.exec_root}: the path is too long for the sockets in it")
    if settings.bip:
        try:
            ipaddress.ip_interface(settings.bip)
        except ValueError:
            raise Fatal(f"--bip {settings.bip}: not an address with a prefix, as 172.17.0.1/16") from None
    if any(host.startswith("tcp://") for host in settings.hosts) and not settings.tls_verify and not plain:
        raise Fatal(
            "a TCP socket without client certificates gives root to whoever reaches it: "
            "use --tlsverify, or --tls=false to have it all the same"
        )
    if settings.tls and not (settings.tls_cert and settings.tls_key):
        raise Fatal("TLS needs --tlscert and --tlskey")
    if settings.tls_verify and not settings.tls_ca:
        raise Fatal("--tlsverify needs --tlscacert")


@contextlib.contextmanager
def _locked(data_root: Path) -> Iterator[None]:
    """Hold the data root: two daemons on one would destroy each other's work."""
    data_root.mkdir(parents=True, exist_ok=True, mode=0o711)
    with (data_root / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Fatal(f"another daemon (process {file.read().strip()}) uses the data root {data_root}") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


@contextlib.contextmanager
def _pidfile(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    with contextlib.suppress(OSError, ValueError):
        other = int(path.read_text())
        if other != os.getpid() and b"docklabd" in Path(f"/proc/{other}/cmdline").read_bytes():
            raise Fatal(f"pid file {path}: process {other} runs; is it another daemon?")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(os.getpid()))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _group(name: str) -> int | None:
    try:
        return grp.getgrnam(name or "docker").gr_gid
    except KeyError:
        if name:
            raise Fatal(f"--group {name}: no such group") from None
        return None


def _listen(settings: Settings) -> list[Listening]:
    opened = []
    for host in settings.hosts:
        scheme, _, address = host.partition("://")
        try:
            if scheme == "unix" and address.startswith("/"):
                opened.append(listeners.unix(Path(address), group=_group(settings.group)))
            elif scheme == "tcp" and address:
                opened.append(_listen_tcp(settings, address))
            else:
                raise Fatal(f"--host {host}: expected unix:///path or tcp://address:port")
        except OSError as error:
            raise Fatal(f"cannot listen on {host}: {error.strerror or error}") from error
    return opened


def _listen_tcp(settings: Settings, address: str) -> Listening:
    name, _, port = address.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise Fatal(f"--host tcp://{address}: expected tcp://address:port")
    context = None
    if settings.tls and settings.tls_cert and settings.tls_key:
        authority = settings.tls_ca if settings.tls_verify else None
        context = listeners.tls_context(settings.tls_cert, settings.tls_key, authority=authority)
    return listeners.tcp(name.strip("[]"), int(port), context=context)


def _host_names(settings: Settings) -> frozenset[str]:
    named = {host.removeprefix("tcp://").rpartition(":")[0].strip("[]").lower() for host in settings.hosts}
    return frozenset({os.uname().nodename.lower(), *named} - {""})


async def serve(settings: Settings) -> None:
    """Run the daemon until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_loop_trouble)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = Engine(settings)
    journal = Journal(settings.data_root / "journal")
    app = App(engine, journal, hosts=_host_names(settings))
    try:
        await engine.start()
        # Only now: who can connect finds an engine that is ready.
        sockets = _listen(settings)
        server = asyncio.create_task(listeners.serve(sockets, app))
        log.info("API listens on %s", ", ".join(settings.hosts))
        await _until(stop, server)
        _unlink(settings)
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
    finally:
        await engine.stop()
        journal.close()
    log.info("stopped")


def _loop_trouble(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Pass over one harmless race: anyio cancels a wait whose descriptor the loop has just reported as ready."""
    if not isinstance(context.get("exception"), asyncio.InvalidStateError):
        loop.default_exception_handler(context)


async def _until(stop: asyncio.Event, server: asyncio.Task[None]) -> None:
    """Wait for the signal to stop; a server that ends before it has failed."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({stopping, server}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if server.done():
        server.result()


def _unlink(settings: Settings) -> None:
    for host in settings.hosts:
        if host.startswith("unix://"):
            Path(host.removeprefix("unix://")).unlink(missing_ok=True)


class _OneLine(logging.Formatter):
    """A log entry is one line whatever a client sent; a defect's traceback is kept, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Format an entry."""
        first, *rest = super().format(record).split("\n")
        if not record.exc_info:
            return printable("\\n".join([first, *rest]))
        return "\n".join([printable(first), *(f"    {printable(line)}" for line in rest)])


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    form = "time=%(asctime)s level=%(levelname)s from=%(name)s msg=%(message)s"
    handler.setFormatter(_OneLine(form, datefmt="%Y-%m-%dT%H:%M:%S"))
    numbers = {"warn": logging.WARNING, "fatal": logging.CRITICAL}
    logging.basicConfig(level=numbers.get(level, level.upper()), handlers=[handler], force=True)
    logging.getLogger("asyncio").setLevel(logging.WARNING)


def _raise_limits() -> None:
    """Containers, their logs and their clients need descriptors; the usual 1,024 are not many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run docklabd; an error is one line and exit status 1."""
    try:
        settings, level = parse(sys.argv[1:] if arguments is None else arguments)
        _log_to_stderr(level)
        if os.geteuid() != 0:
            raise Fatal("docklabd needs to be started as root")
        _raise_limits()
        with _locked(settings.data_root), _pidfile(settings.pidfile):
            asyncio.run(serve(settings))
    except (Fatal, EngineError) as error:
        print(f"docklabd: {printable(str(error))}", file=sys.stderr)
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"docklabd: {where}{error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
