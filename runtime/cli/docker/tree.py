"""The tree of commands: what there is, its one-line summary, and the module to import when it is asked for.

An entry is `name | module:ATTRIBUTE | summary`; one command may stand in several places (`docker ps`, `docker
container ls`), with other names after a comma.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .command import Command


class Entry:
    """A leaf: a command that is imported when used."""

    def __init__(self, line: str) -> None:
        names, place, self.summary = (part.strip() for part in line.split("|"))
        self.name, *self.others = names.split(",")
        self.module, _, attribute = place.partition(":")
        self.attribute = attribute or "COMMAND"

    def load(self) -> Command:
        """Import the command."""
        command: Command = getattr(import_module(f"{__package__}.{self.module}"), self.attribute)
        return command


class Table:
    """A group of commands."""

    def __init__(self, name: str, summary: str, text: str = "", *, bare: bool = False) -> None:
        self.name = name
        self.summary = summary
        self.text = text
        self.bare = bare
        self.others: list[str] = []
        self.tables: tuple[Table, ...] = ()
        self._entries: list[Entry] | None = None

    @property
    def entries(self) -> list[Entry]:
        """The commands in the order of the help text."""
        if self._entries is None:
            self._entries = [Entry(line) for line in self.text.strip().splitlines()]
        return self._entries

    def find(self, name: str) -> Table | Entry | None:
        """Find a command or group by any of its names."""
        for table in self.tables:
            if name == table.name:
                return table
        return next((entry for entry in self.entries if name == entry.name or name in entry.others), None)


CONTAINER = """
attach  | attach  | Attach local standard input, output, and error streams to a running container
commit  | commit  | Create a new image from a container's changes
cp      | cp      | Copy files/folders between a container and the local filesystem
create  | create  | Create a new container
diff    | diff    | Inspect changes to files or directories on a container's filesystem
exec    | exec    | Execute a command in a running container
export  | export  | Export a container's filesystem as a tar archive
inspect | inspect:CONTAINER | Display detailed information on one or more containers
kill    | kill    | Kill one or more running containers
logs    | logs    | Fetch the logs of a container
ls,list,ps | ps   | List containers
pause   | pause   | Pause all processes within one or more containers
port    | port    | List port mappings or a specific mapping for the container
prune   | prune:CONTAINER | Remove all stopped containers
rename  | rename  | Rename a container
restart | restart | Restart one or more containers
rm,remove | rm    | Remove one or more containers
run     | run     | Create and run a new container from an image
start   | start   | Start one or more stopped containers
stats   | stats   | Display a live stream of container(s) resource usage statistics
stop    | stop    | Stop one or more running containers
top     | top     | Display the running processes of a container
unpause | unpause | Unpause all processes within one or more containers
update  | update  | Update configuration of one or more containers
wait    | wait    | Block until one or more containers stop, then print their exit codes
"""
IMAGE = """
build   | build   | Build an image from a Dockerfile
history | history | Show the history of an image
import  | import_ | Import the contents from a tarball to create a filesystem image
inspect | inspect:IMAGE | Display detailed information on one or more images
load    | load    | Load an image from a tar archive or STDIN
ls,list | images:LS | List images
prune   | prune:IMAGE | Remove unused images
pull    | pull    | Download an image from a registry
push    | push    | Upload an image to a registry
rm,remove | rmi:RM  | Remove one or more images
save    | save    | Save one or more images to a tar archive (streamed to STDOUT by default)
tag     | tag     | Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE
"""
VOLUME = """
create  | volume:CREATE  | Create a volume
inspect | inspect:VOLUME | Display detailed information on one or more volumes
ls,list | volume:LS      | List volumes
prune   | prune:VOLUME   | Remove unused local volumes
rm,remove | volume:RM    | Remove one or more volumes
"""
NETWORK = """
connect | network:CONNECT | Connect a container to a network
create  | network:CREATE  | Create a network
disconnect | network:DISCONNECT | Disconnect a container from a network
inspect | inspect:NETWORK | Display detailed information on one or more networks
ls,list | network:LS      | List networks
prune   | prune:NETWORK   | Remove all unused networks
rm,remove | network:RM    | Remove one or more networks
"""
SYSTEM = """
df      | system_df | Show docker disk usage
events  | events  | Get real time events from the server
info    | info    | Display system-wide information
prune   | prune:SYSTEM | Remove unused data
"""
CONTEXT = """
inspect | context_cli:INSPECT | Display detailed information on one or more contexts
ls,list | context_cli:LS   | List contexts
show    | context_cli:SHOW | Print the name of the current context
use     | context_cli:USE  | Set the current docker context
"""
BUILDER = """
build   | build   | Build an image from a Dockerfile
prune   | prune:BUILDER | Remove build cache
"""
COMMANDS = """
attach  | attach  | Attach local standard input, output, and error streams to a running container
build   | build   | Build an image from a Dockerfile
commit  | commit  | Create a new image from a container's changes
cp      | cp      | Copy files/folders between a container and the local filesystem
create  | create  | Create a new container
diff    | diff    | Inspect changes to files or directories on a container's filesystem
events  | events  | Get real time events from the server
exec    | exec    | Execute a command in a running container
export  | export  | Export a container's filesystem as a tar archive
history | history | Show the history of an image
images  | images  | List images
import  | import_ | Import the contents from a tarball to create a filesystem image
info    | info    | Display system-wide information
inspect | inspect | Return low-level information on Docker objects
kill    | kill    | Kill one or more running containers
load    | load    | Load an image from a tar archive or STDIN
login   | login   | Authenticate to a registry
logout  | login:LOGOUT | Log out from a registry
logs    | logs    | Fetch the logs of a container
pause   | pause   | Pause all processes within one or more containers
port    | port    | List port mappings or a specific mapping for the container
ps      | ps      | List containers
pull    | pull    | Download an image from a registry
push    | push    | Upload an image to a registry
rename  | rename  | Rename a container
restart | restart | Restart one or more containers
rm      | rm      | Remove one or more containers
rmi     | rmi     | Remove one or more images
run     | run     | Create and run a new container from an image
save    | save    | Save one or more images to a tar archive (streamed to STDOUT by default)
search  | search  | Search Docker Hub for images
start   | start   | Start one or more stopped containers
stats   | stats   | Display a live stream of container(s) resource usage statistics
stop    | stop    | Stop one or more running containers
tag     | tag     | Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE
top     | top     | Display the running processes of a container
unpause | unpause | Unpause all processes within one or more containers
update  | update  | Update configuration of one or more containers
version | version | Show the Docker version information
wait    | wait    | Block until one or more containers stop, then print their exit codes
"""
TOP = Table("docker", "A self-sufficient runtime for containers", COMMANDS)
TOP.tables = (
    Table("builder", "Manage builds", BUILDER),
    Table("config", "Manage Swarm configs"),
    Table("container", "Manage containers", CONTAINER, bare=True),
    Table("context", "Manage contexts", CONTEXT),
    Table("image", "Manage images", IMAGE, bare=True),
    Table("manifest", "Manage Docker image manifests and manifest lists"),
    Table("network", "Manage networks", NETWORK),
    Table("node", "Manage Swarm nodes"),
    Table("plugin", "Manage plugins"),
    Table("secret", "Manage Swarm secrets"),
    Table("service", "Manage Swarm services"),
    Table("stack", "Manage Swarm stacks"),
    Table("swarm", "Manage Swarm"),
    Table("system", "Manage Docker", SYSTEM),
    Table("trust", "Manage trust on Docker images"),
    Table("volume", "Manage volumes", VOLUME),
)
SECTIONS = (
    ("Common Commands", "run exec ps build pull push images login logout search version info"),
    ("Management Commands", "builder container context image manifest network plugin system trust volume"),
    ("Swarm Commands", "config node secret service stack swarm"),
    (
        "Commands",
        "attach commit cp create diff events export history import inspect kill load logs pause port rename restart rm "
        "rmi save start stats stop tag top unpause update wait",
    ),
)
