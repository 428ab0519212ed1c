"""The rows of the table of figures that need a running engine; each function gives its results."""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import bundle, engines, rounds
from .engines import Engine
from .rounds import Result

Engines = Mapping[str, Engine]
ROOT = Path(__file__).parents[1]


def _each(found: Engines, action: Callable[[Engine], Callable[[], object]]) -> dict[str, Callable[[], object]]:
    return {name: action(engine) for name, engine in found.items()}


def _command(*arguments: str) -> Callable[[Engine], Callable[[], object]]:
    return lambda engine: lambda: rounds.quiet([*engine.command, *arguments])


def run(found: Engines, count: int, scratch: Path, archive: Path) -> list[Result]:
    """Start to finish of `run --rm busybox true`, and the same without what the client costs."""
    contestants = _each(found, _command("run", "--rm", "busybox", "true"))
    ours = found["docklab"]
    made = bundle.make(scratch, archive)
    contestants["crun"] = bundle.runner("crun", made)
    contestants["runc"] = bundle.runner("runc", made)
    contestants["version"] = lambda: rounds.quiet([*ours.command, "version"])
    medians = rounds.interleaved(contestants, count)
    version = medians.pop("version")
    bare = {name: medians.pop(name) for name in ("crun", "runc")}
    engine_only = {"docklab": medians["docklab"] - version, **bare}
    return [
        Result("run", "run --rm busybox true", medians, {"dockerd": 12, "podman": 10}),
        Result("run-engine", "minus `version`", engine_only, {"crun": 1 / 0.8}),
    ]


def execute(found: Engines, count: int) -> list[Result]:
    """`exec C true` in a container that runs."""
    for engine in found.values():
        engine.call("run", "-d", "--name", "exec-here", "busybox", "sleep", "10000")
    medians = rounds.interleaved(_each(found, _command("exec", "exec-here", "true")), count)
    for engine in found.values():
        engine.call("rm", "-f", "exec-here")
    return [Result("exec", "exec C true", medians, {"dockerd": 2.5})]


def client(found: Engines, count: int, real: str) -> list[Result]:
    """Our client against the real one, both at our daemon."""
    socket = found["docklab"].command[-1]
    mine = str(ROOT / "runtime/cli/bin/docker")
    version = {
        "docklab": lambda: rounds.quiet([mine, "-H", socket, "version"]),
        "real client": lambda: rounds.quiet([real, "-H", socket, "version"]),
    }
    whole = {"docklab": lambda: rounds.quiet([mine, "-H", socket, "run", "--rm", "busybox", "true"])}
    if "dockerd" in found:
        theirs = found["dockerd"].command
        whole["dockerd"] = lambda: rounds.quiet([*theirs, "run", "--rm", "busybox", "true"])
    return [
        Result("client", "our `version`", rounds.interleaved(version, count), {"real client": 1 / 3}),
        Result("client", "run by our client", rounds.interleaved(whole, count), {"dockerd": 5}),
    ]


def parallel(found: Engines, count: int) -> list[Result]:
    """50 containers started 8 at a time, then all removed by force."""

    def all_of(engine: Engine) -> Callable[[], object]:
        def once() -> None:
            with ThreadPoolExecutor(8) as pool:
                jobs = [pool.submit(engine.output, "run", "-d", "busybox", "sleep", "1000") for _ in range(50)]
                names = [job.result() for job in jobs]
            engine.call("rm", "-f", *names)

        return once

    daemons = {name: engine for name, engine in found.items() if name != "podman"}
    medians = rounds.interleaved(_each(daemons, all_of), max(count // 7, 3), warm_up=1)
    return [Result("parallel", "50 run -d, rm -f", medians, {"dockerd": 5})]


def memory(found: Engines) -> list[Result]:
    """Proportional set size: idle, and what each of 20 running containers adds."""
    idle, each = {}, {}
    for name, engine in found.items():
        if engine.daemon is None:
            continue
        time.sleep(2)
        before = engines.proportional_set_size(engine.processes())
        names = [engine.output("run", "-d", "busybox", "sleep", "1000") for _ in range(20)]
        time.sleep(2)
        after = engines.proportional_set_size(engine.processes())
        engine.call("rm", "-f", *names)
        idle[name], each[name] = before / 1024, (after - before) / 1024 / 20
    return [
        Result("memory", "idle", idle, {"dockerd": 2}, unit="MiB"),
        Result("memory", "per container", each, {"dockerd": 3}, unit="MiB"),
    ]


def verbs(found: Engines, count: int) -> list[Result]:
    """The small verbs."""
    daemons = {name: engine for name, engine in found.items() if name != "podman"}

    def create_and_remove(engine: Engine) -> Callable[[], object]:
        def once() -> None:
            name = uuid.uuid4().hex
            engine.call("create", "--name", name, "busybox", "true")
            engine.call("rm", name)

        return once

    def ending(*verb: str) -> Callable[[Engine], Callable[[], object]]:
        def of(engine: Engine) -> Callable[[], float]:
            def once() -> float:
                name = engine.output("run", "-d", "busybox", "sleep", "1000")
                began = time.perf_counter()
                engine.call(*verb, name)
                took = time.perf_counter() - began
                engine.call("rm", "-f", name, check=False)
                return took

            return once

        return of

    results = [
        ("create + rm", create_and_remove, 1.2),
        ("rm -f of a running one", ending("rm", "-f"), 4),
        ("stop -t 0", ending("stop", "-t", "0"), 4),
    ]
    made = [
        Result("verbs", name, rounds.interleaved(_each(daemons, action), count), {"dockerd": target})
        for name, action, target in results
    ]
    return made + _listing(daemons, count)


def _listing(daemons: Engines, count: int) -> list[Result]:
    for engine in daemons.values():
        for _ in range(60):
            engine.call("create", "busybox", "true")
        engine.call("create", "--name", "look", "busybox", "true")
    listed = rounds.interleaved(_each(daemons, _command("ps", "-a")), count)
    seen = rounds.interleaved(_each(daemons, _command("inspect", "look")), count)
    for engine in daemons.values():
        engine.call("container", "prune", "-f")
    return [
        Result("verbs", "ps -a of 60", listed, {"dockerd": 1}),
        Result("verbs", "inspect", seen, {"dockerd": 0.9}),
    ]


def logs(found: Engines, count: int, scratch: Path) -> list[Result]:
    """200 MB of output as fast as it comes; 200,000 lines read back; 100 MB copied in."""
    daemons = {name: engine for name, engine in found.items() if name != "podman"}
    writer = "yes 0123456789012345678901234567890123456789012345678901234567890123456789012345678 | head -c 200000000"
    written = rounds.interleaved(
        _each(daemons, _command("run", "--rm", "-d=false", "-a", "stdin", "busybox", "sh", "-c", writer)),
        max(count // 7, 3),
        warm_up=1,
    )
    for engine in daemons.values():
        engine.call("run", "--name", "lines", "busybox", "sh", "-c", "seq -s ' of the log\n' 200000 || seq 200000")
    back = rounds.interleaved(_each(daemons, _command("logs", "lines")), max(count // 3, 3))
    big = scratch / "big"
    subprocess.run(["dd", "if=/dev/urandom", f"of={big}", "bs=1M", "count=100", "status=none"], check=True)
    copied = rounds.interleaved(_each(daemons, _command("cp", str(big), "lines:/big")), max(count // 3, 3))
    for engine in daemons.values():
        engine.call("rm", "-f", "lines")
    return [
        Result("logs", "200 MB written", written, {"dockerd": 1}),
        Result("logs", "200,000 lines read", back, {"dockerd": 1}),
        Result("logs", "cp of 100 MB in", copied, {"dockerd": 1}),
    ]
