"""A network and what one container gets of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .container import Endpoint


@dataclass(frozen=True, slots=True)
class Network:
    """One network. bridge, host and none exist always; their ids last as long as the data root."""

    id: str  # 64 hex digits
    name: str
    driver: str  # bridge | host | null
    created: str
    subnet: str = ""  # CIDR
    gateway: str = ""
    options: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A network namespace made ready for one container: the namespace and the container's endpoints in it."""

    namespace: int  # file descriptor of the namespace; -1: the host's own
    endpoints: dict[str, Endpoint] = field(default_factory=dict)  # by network name
