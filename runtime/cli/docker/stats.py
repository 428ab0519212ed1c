"""docker stats"""

from __future__ import annotations

import sys

from ...client import containers
from . import formats, listing, units
from .command import CliError, Command
from .failure import FAILURES, text
from .pflag import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .context import Context
    from .pflag import Values

FLAGS = (
    Flag("all", "Show all containers (default shows just running)", short="a"),
    Flag("format", formats.TABLE_HELP, kind="string"),
    Flag("no-stream", "Disable streaming stats and only pull the first result"),
    Flag("no-trunc", "Do not truncate output"),
)
PERIOD = 0.5
UNKNOWN = "--"


def run(context: Context, values: Values, arguments: list[str]) -> int:
    """Show samples of containers' use of the machine, once or again and again."""
    names = arguments or listed(context, everything=values["all"])
    for name in arguments:
        containers.inspect(context.client, name)
    board = Board(context, names, stream=not values["no-stream"])
    shown = show_fields(trunc=not values["no-trunc"])
    form = values["format"] or str(context.config.get("statsFormat") or "")
    if values["no-stream"]:
        board.wait()
        formats.write(shown.show(board.rows(), form))
        return board.finish()
    return watch(context, values, board, shown, form, fixed=bool(arguments))


def watch(context: Context, values: Values, board: Board, shown: listing.Listing, form: str, *, fixed: bool) -> int:
    """Redraw until every named container is gone, or for ever."""
    while True:
        board.tick(PERIOD)
        body = shown.show(board.rows(), form)
        sys.stdout.write("\033[H" + body.replace("\n", "\033[K\n") + "\033[J")
        sys.stdout.flush()
        if fixed and board.over():
            return board.finish()
        if not fixed:
            board.follow(listed(context, everything=values["all"]))


def listed(context: Context, *, everything: bool) -> list[str]:
    """Name the containers there are."""
    return [found["Id"][:12] for found in containers.all_(context.client, all=everything)]


class Board:
    """The newest sample of each container, each read by a thread of its own."""

    def __init__(self, context: Context, names: list[str], *, stream: bool) -> None:
        import threading

        self.context = context
        self.stream = stream
        self.samples: dict[str, dict[str, Any]] = {}
        self.errors: dict[str, str] = {}
        self.threads: dict[str, Any] = {}
        self.changed = threading.Event()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Start to read a container's samples."""
        import threading

        thread = threading.Thread(target=self.read, args=(name,), daemon=True)
        self.threads[name] = thread
        thread.start()

    def read(self, name: str) -> None:
        """Read samples until the container or the engine is gone."""
        from ...client.api import Client

        try:
            for sample in containers.stats(Client(self.context.client.address), name, stream=self.stream):
                self.samples[name] = sample
                self.changed.set()
        except FAILURES as error:
            self.errors[name] = text(error)
        except OSError as error:
            self.errors[name] = str(error)
        self.changed.set()

    def wait(self) -> None:
        """Wait for the first sample of each."""
        for thread in self.threads.values():
            thread.join()

    def tick(self, seconds: float) -> None:
        """Wait for something new, at most for the given time after the first news."""
        self.changed.wait(seconds)
        self.changed.clear()

    def follow(self, names: list[str]) -> None:
        """Take up containers that started and drop those that are gone."""
        for name in set(names) - set(self.threads):
            self.add(name)
        for name in set(self.threads) - set(names):
            del self.threads[name]
            self.samples.pop(name, None)

    def over(self) -> bool:
        """Say whether nothing more will come."""
        return not any(thread.is_alive() for thread in self.threads.values())

    def rows(self) -> list[dict[str, Any]]:
        """Give the samples in order, {} for a container without one yet."""
        return [dict(self.samples.get(name) or {}, container=name) for name in self.threads if name not in self.errors]

    def finish(self) -> int:
        """Say what went wrong."""
        if self.errors:
            raise CliError("\n".join(self.errors[name] for name in self.threads if name in self.errors))
        return 0


def show_fields(*, trunc: bool) -> listing.Listing:
    """Give the listing of samples."""
    fields: listing.Fields = {
        "Container": ("CONTAINER", lambda s: s["container"]),
        "ID": ("CONTAINER ID", lambda s: s["id"][:12] if trunc and s.get("id") else s.get("id", UNKNOWN)),
        "Name": ("NAME", lambda s: s.get("name", "").removeprefix("/") or UNKNOWN),
        "CPUPerc": ("CPU %", lambda s: f"{cpu(s):.2f}%" if live(s) else UNKNOWN),
        "MemUsage": ("MEM USAGE / LIMIT", memory_text),
        "MemPerc": ("MEM %", lambda s: f"{memory_share(s):.2f}%" if live(s) else UNKNOWN),
        "NetIO": ("NET I/O", lambda s: pair(*network(s)) if live(s) else UNKNOWN),
        "BlockIO": ("BLOCK I/O", lambda s: pair(*blocks(s)) if live(s) else UNKNOWN),
        "PIDs": ("PIDS", lambda s: str((s.get("pids_stats") or {}).get("current", 0)) if live(s) else UNKNOWN),
    }
    default = ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"]
    return listing.Listing("container.statsContext", fields, default)


def live(sample: dict[str, Any]) -> bool:
    """Say whether there is a sample."""
    return bool(sample.get("id") or sample.get("cpu_stats"))


def cpu(sample: dict[str, Any]) -> float:
    """Give the share of one processor used since the sample before."""
    now, before = sample["cpu_stats"], sample.get("precpu_stats") or {}
    used = now["cpu_usage"]["total_usage"] - (before.get("cpu_usage") or {}).get("total_usage", 0)
    machine = now.get("system_cpu_usage", 0) - before.get("system_cpu_usage", 0)
    count = now.get("online_cpus") or len(now["cpu_usage"].get("percpu_usage") or []) or 1
    return used / machine * count * 100 if used > 0 and machine > 0 else 0.0


def memory(sample: dict[str, Any]) -> tuple[int, int]:
    """Give memory in use without the cache that can be dropped, and the limit."""
    found = sample.get("memory_stats") or {}
    usage, details = found.get("usage", 0), found.get("stats") or {}
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))
    return usage - cache if cache < usage else usage, found.get("limit", 0)


def memory_share(sample: dict[str, Any]) -> float:
    """Give memory in use as a percentage of the limit."""
    usage, limit = memory(sample)
    return usage / limit * 100 if limit else 0.0


def memory_text(sample: dict[str, Any]) -> str:
    """Write memory in use and the limit."""
    if not live(sample):
        return f"{UNKNOWN} / {UNKNOWN}"
    usage, limit = memory(sample)
    return f"{units.binary(usage)} / {units.binary(limit)}"


def network(sample: dict[str, Any]) -> tuple[int, int]:
    """Give bytes received and sent."""
    cards = (sample.get("networks") or {}).values()
    return sum(card["rx_bytes"] for card in cards), sum(card["tx_bytes"] for card in cards)


def blocks(sample: dict[str, Any]) -> tuple[int, int]:
    """Give bytes read and written."""
    entries = (sample.get("blkio_stats") or {}).get("io_service_bytes_recursive") or []
    reads = sum(entry["value"] for entry in entries if entry["op"][:1].lower() == "r")
    return reads, sum(entry["value"] for entry in entries if entry["op"][:1].lower() == "w")


def pair(one: int, other: int) -> str:
    """Write two sizes."""
    return f"{units.size3(one)} / {units.size3(other)}"


COMMAND = Command(
    "stats",
    "Display a live stream of container(s) resource usage statistics",
    "[OPTIONS] [CONTAINER...]",
    FLAGS,
    run,
    args=(0, None),
    aliases="docker container stats, docker stats",
)
