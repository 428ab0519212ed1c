"""The table of the Engine API: method, path, handler. Read it from top to bottom.

A path without `{…}` is looked up in a dictionary; the others are tried in order among those with the same first
word. `{name}` of an image may hold slashes.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from ..http.messages import Response
from . import archives, build, containers, execs, images, networks, system, unsupported, volumes
from .call import Call

Handler = Callable[[Call], Awaitable[Response | None]]

TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/_ping", system.ping),
    ("HEAD", "/_ping", system.ping),
    ("GET", "/version", system.version),
    ("GET", "/info", system.info),
    ("GET", "/events", system.events),
    ("GET", "/system/df", system.df),
    ("POST", "/auth", system.auth),
    # containers
    ("GET", "/containers/json", containers.list_),
    ("POST", "/containers/create", containers.create),
    ("POST", "/containers/prune", containers.prune),
    ("GET", "/containers/{id}/json", containers.inspect),
    ("GET", "/containers/{id}/top", containers.top),
    ("GET", "/containers/{id}/logs", containers.logs),
    ("GET", "/containers/{id}/changes", containers.changes),
    ("GET", "/containers/{id}/export", archives.export),
    ("GET", "/containers/{id}/stats", containers.stats),
    ("GET", "/containers/{id}/attach/ws", unsupported.web_socket),
    ("POST", "/containers/{id}/resize", containers.resize),
    ("POST", "/containers/{id}/start", containers.start),
    ("POST", "/containers/{id}/stop", containers.stop),
    ("POST", "/containers/{id}/restart", containers.restart),
    ("POST", "/containers/{id}/kill", containers.kill),
    ("POST", "/containers/{id}/update", containers.update),
    ("POST", "/containers/{id}/rename", containers.rename),
    ("POST", "/containers/{id}/pause", containers.pause),
    ("POST", "/containers/{id}/unpause", containers.unpause),
    ("POST", "/containers/{id}/attach", containers.attach),
    ("POST", "/containers/{id}/wait", containers.wait),
    ("DELETE", "/containers/{id}", containers.remove),
    ("HEAD", "/containers/{id}/archive", archives.head),
    ("GET", "/containers/{id}/archive", archives.get),
    ("PUT", "/containers/{id}/archive", archives.put),
    ("POST", "/commit", images.commit),
    # execs
    ("POST", "/containers/{id}/exec", execs.create),
    ("POST", "/exec/{id}/start", execs.start),
    ("POST", "/exec/{id}/resize", execs.resize),
    ("GET", "/exec/{id}/json", execs.inspect),
    # images
    ("GET", "/images/json", images.list_),
    ("POST", "/images/create", images.create),
    ("GET", "/images/search", images.search),
    ("POST", "/images/prune", images.prune),
    ("GET", "/images/get", images.save),
    ("POST", "/images/load", images.load),
    ("GET", "/images/{name}/json", images.inspect),
    ("GET", "/images/{name}/history", images.history),
    ("GET", "/images/{name}/get", images.save_one),
    ("POST", "/images/{name}/push", images.push),
    ("POST", "/images/{name}/tag", images.tag),
    ("DELETE", "/images/{name}", images.remove),
    ("GET", "/distribution/{name}/json", unsupported.distribution),
    ("POST", "/build", build.build),
    ("POST", "/build/prune", unsupported.build_prune),
    ("POST", "/session", unsupported.session),
    # volumes
    ("GET", "/volumes", volumes.list_),
    ("POST", "/volumes/create", volumes.create),
    ("POST", "/volumes/prune", volumes.prune),
    ("GET", "/volumes/{name}", volumes.inspect),
    ("PUT", "/volumes/{name}", unsupported.swarm),
    ("DELETE", "/volumes/{name}", volumes.remove),
    # networks
    ("GET", "/networks", networks.list_),
    ("POST", "/networks/create", networks.create),
    ("POST", "/networks/prune", networks.prune),
    ("GET", "/networks/{id}", networks.inspect),
    ("POST", "/networks/{id}/connect", networks.connect),
    ("POST", "/networks/{id}/disconnect", networks.disconnect),
    ("DELETE", "/networks/{id}", networks.remove),
    # plugins
    ("GET", "/plugins", unsupported.plugins),
    ("GET", "/plugins/privileges", unsupported.install_plugin),
    ("POST", "/plugins/pull", unsupported.install_plugin),
    ("POST", "/plugins/create", unsupported.install_plugin),
    ("GET", "/plugins/{name}/json", unsupported.plugin),
    ("DELETE", "/plugins/{name}", unsupported.plugin),
    *(("POST", f"/plugins/{{name}}/{verb}", unsupported.plugin)
      for verb in ("enable", "disable", "upgrade", "push", "set")),
    # swarm
    ("GET", "/swarm", unsupported.swarm),
    ("POST", "/swarm/init", unsupported.swarm_init),
    ("POST", "/swarm/join", unsupported.swarm_init),
    ("POST", "/swarm/leave", unsupported.swarm_leave),
    ("POST", "/swarm/update", unsupported.swarm),
    ("GET", "/swarm/unlockkey", unsupported.swarm),
    ("POST", "/swarm/unlock", unsupported.swarm_init),
    *((method, path, unsupported.swarm)
      for noun in ("nodes", "services", "tasks", "secrets", "configs")
      for method, path in (("GET", f"/{noun}"), ("GET", f"/{noun}/{{id}}"), ("GET", f"/{noun}/{{id}}/logs"),
                           ("POST", f"/{noun}/create"), ("POST", f"/{noun}/{{id}}/update"),
                           ("DELETE", f"/{noun}/{{id}}"))),
    # ours
    ("GET", "/docklab/journal", system.journal),
    ("GET", "/journal", system.journal),
    ("GET", "/docklab/explain/{id}", system.explain),
]  # fmt: skip

_FIXED = {(method, path): handler for method, path, handler in TABLE if "{" not in path}


def _patterns() -> dict[tuple[str, str], list[tuple[re.Pattern[str], Handler]]]:
    patterns: dict[tuple[str, str], list[tuple[re.Pattern[str], Handler]]] = {}
    for method, path, handler in TABLE:
        if "{" in path:
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>.*)", path), re.DOTALL)
            patterns.setdefault((method, path.split("/")[1]), []).append((pattern, handler))
    return patterns


_PATTERNS = _patterns()


def find(method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
    """Find the handler of a path without its version, and the path's parameters."""
    fixed = _FIXED.get((method, path))
    if fixed is not None:
        return fixed, {}
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    for pattern, handler in _PATTERNS.get((method, first), ()):
        if match := pattern.fullmatch(path):
            return handler, match.groupdict()
    return None
