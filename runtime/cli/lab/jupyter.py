"""JupyterLab on the course: its own settings folder, our clients on PATH, a token that stays the same."""

from __future__ import annotations

import filecmp
import json
import os
import secrets
import shutil
import socket
import sys
import urllib.request
from pathlib import Path

import click

from . import app, places, processes, surroundings

MARK = "docklab-course"  # in the command line, so that `docklab down` stops our server and no other
SETTINGS = app.ROOT / "labs/jupyter"
FIRST = "notebooks/03_getting_started.ipynb"


def start(where: places.Places, port: int) -> str:
    """Start JupyterLab unless it runs; return the address to open."""
    if address := running(where):
        return address
    home = places.home()
    copy_notebooks(app.ROOT / "notebooks", home / "notebooks")
    where.jupyter.mkdir(mode=0o700, parents=True, exist_ok=True)
    port, key = free_port(port), token(where)
    log = where.jupyter / "jupyter.log"
    process = processes.start(command(home, port), log=log, env=environment(where, key), cwd=home)
    (where.jupyter / "pid").write_text(str(process.pid))
    (where.jupyter / "port").write_text(str(port))
    processes.wait(process, lambda: answers(port, key), log=log, seconds=60)
    return url(port, key)


def command(home: Path, port: int) -> list[str]:
    """Return the server's command line."""
    terminal = [sys.executable, "-m", "runtime.cli.lab.app", "shell"]
    return [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={home}", "--allow-root", f"--LabApp.app_settings_dir={SETTINGS}",
        f"--ServerApp.terminado_settings={json.dumps({'shell_command': terminal})}",
        f"--ServerApp.default_url=/lab/tree/{FIRST}", f"--IdentityProvider.cookie_name={MARK}-{port}",
    ]


def environment(where: places.Places, key: str) -> dict[str, str]:
    """Return the server's environment: nothing of the user's own Jupyter takes part."""
    own = {f"JUPYTER_{kind}_DIR": str(where.jupyter / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    shell = {"PYTHONPATH": str(app.ROOT), "JUPYTER_TOKEN": key, "SHELL": "/bin/bash"}
    lab = {f"JUPYTERLAB_{kind}_DIR": str(where.jupyter / kind.lower()) for kind in ("SETTINGS", "WORKSPACES")}
    return surroundings.environment() | own | lab | shell | {"DOCKER_HOST": where.host}


def running(where: places.Places) -> str:
    """Return the address of the course's JupyterLab, "" when it does not run."""
    try:
        port = int((where.jupyter / "port").read_text())
    except (OSError, ValueError):
        return ""
    if processes.running(where.jupyter / "pid", MARK) is None or not answers(port, token(where)):
        return ""
    return url(port, token(where))


def stop(where: places.Places) -> bool:
    """Stop JupyterLab; True when it ran."""
    pid = processes.running(where.jupyter / "pid", MARK)
    if pid is not None:
        processes.stop(pid, seconds=10)
    for name in ("pid", "port"):
        (where.jupyter / name).unlink(missing_ok=True)
    return pid is not None


def url(port: int, key: str) -> str:
    """Return the address with the token in it."""
    return f"http://127.0.0.1:{port}/lab/tree/{FIRST}?token={key}"


def answers(port: int, key: str) -> bool:
    """Tell whether the server is up and takes our token."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/status", headers={"Authorization": f"token {key}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def token(where: places.Places) -> str:
    """Return the token, made the first time and readable for its owner only."""
    path = where.jupyter / "token"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(16))
    return path.read_text()


def free_port(first: int) -> int:
    """Return the first free port from `first` on."""
    for port in range(first, first + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise click.ClickException(f"no port from {first} to {first + 49} is free: docklab up --port N")


def copy_notebooks(source: Path, target: Path) -> None:
    """Give the student notebooks of their own; one that they changed is never overwritten."""
    kept = target / ".originals"
    kept.mkdir(parents=True, exist_ok=True)
    for original in sorted(source.glob("*.ipynb")):
        own, before = target / original.name, kept / original.name
        if not own.exists() or (before.exists() and filecmp.cmp(own, before, shallow=False)):
            shutil.copyfile(original, own)
        shutil.copyfile(original, before)
