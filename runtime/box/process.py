"""Operations of a plan that turn the new process into the container's: who it is, what it may do, what it runs.

They run after `pivot`, so every path is one inside the container. Nothing of the image has been executed or
loaded before the last of them, `exec`. Sources: execve(2), capabilities(7), seccomp(2), pty(7), credentials(7).
"""

from __future__ import annotations

import base64
import errno
import fcntl
import os
import resource
import signal
import stat
import struct
import termios

from ..kernel import syscalls
from ..primitives import cgroups
from ..primitives.confinement import capabilities, seccomp
from . import channel, reaper, users_in_box
from .context import Context, Failure, identity

NAMESPACES = {
    "mnt": syscalls.CLONE_NEWNS,
    "uts": syscalls.CLONE_NEWUTS,
    "ipc": syscalls.CLONE_NEWIPC,
    "net": syscalls.CLONE_NEWNET,
    "cgroup": syscalls.CLONE_NEWCGROUP,
    "pid": syscalls.CLONE_NEWPID,
}


def unshare(context: Context, namespaces: list[str]) -> None:
    """Get namespaces of one's own (unshare(2))."""
    bits = 0
    for name in namespaces:
        bits |= NAMESPACES[name]
    syscalls.unshare(bits)


def join(context: Context, namespaces: list[str], file: str) -> None:
    """Enter namespaces that exist: one by its own descriptor, several by the process that is in them (setns(2))."""
    bits = 0
    for name in namespaces:
        bits |= NAMESPACES[name]
    syscalls.setns(context.file(file), bits)


def cgroup(context: Context, name: str) -> None:
    """Put this process into the container's control groups."""
    cgroups.join(name, 0)


def hostname(context: Context, name: str, domain: str = "") -> None:
    """Set the names of the UTS namespace."""
    syscalls.sethostname(name)
    if domain:
        syscalls.setdomainname(domain)


def write(context: Context, path: str, value: str) -> None:
    """Write a value into a file of /proc (a sysctl, oom_score_adj)."""
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(value)
    except OSError as error:
        raise Failure(f"write {path}: {os.strerror(error.errno or 0).lower()}: unknown") from error


def rlimit(context: Context, name: str, soft: int, hard: int) -> None:
    """Set a resource limit (setrlimit(2)); -1 is unlimited."""
    try:
        resource.setrlimit(getattr(resource, f"RLIMIT_{name.upper()}"), (soft, hard))
    except (OSError, ValueError) as error:
        raise Failure(f"error setting rlimit type {name}: {error}: unknown") from error


def session(context: Context) -> None:
    """Start a session, a session keyring and the usual umask of its own."""
    os.setsid()
    os.umask(0o022)
    try:
        syscalls.join_new_session_keyring()
    except OSError as error:  # kernels without keys, or a quota of keys that is used up: Docker goes on too
        if error.errno not in (errno.ENOSYS, errno.EDQUOT, errno.EPERM):
            raise


def stdio(context: Context, stdin: str | None, stdout: str | None, stderr: str | None) -> None:
    """Put pipes, or /dev/null, on the descriptors 0, 1 and 2."""
    empty = os.open("/dev/null", os.O_RDWR)
    for number, name in enumerate((stdin, stdout, stderr)):
        fd = empty if name is None else context.file(name)
        if context.uid and name is not None:
            os.fchown(fd, context.uid, -1)  # so that /dev/stdout can be opened by a user who is not root
        os.dup2(fd, number, inheritable=True)


def terminal(context: Context, *, console: bool) -> None:
    """Open a new pseudo-terminal of the container's own, hand its master to the daemon and take the other end."""
    master = os.open("/dev/pts/ptmx", os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(master, 0x40045431, struct.pack("i", 0))  # TIOCSPTLCK: unlock
    number = struct.unpack("i", fcntl.ioctl(master, 0x80045430, bytes(4)))[0]  # TIOCGPTN
    path = f"/dev/pts/{number}"
    slave = os.open(path, os.O_RDWR | os.O_NOCTTY)
    os.fchown(slave, context.uid, -1)
    if console:
        os.close(os.open("/dev/console", os.O_CREAT | os.O_WRONLY, 0o600))
        syscalls.mount(path, "/dev/console", None, syscalls.MS_BIND)
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for standard in (0, 1, 2):
        os.dup2(slave, standard, inheritable=True)
    channel.send(context.link, {"terminal": path}, (master,))
    os.close(master)


def user(context: Context, spec: str, groups: list[str]) -> None:
    """Look the user up in the container's own /etc/passwd and /etc/group, by our own parser (no NSS)."""
    found = users_in_box.resolve(spec, groups)
    context.uid, context.gid, context.groups, context.home = found.uid, found.gid, found.groups, found.home


def workdir(context: Context, path: str, *, make: bool = True) -> None:
    """Enter the working folder and prove that it lies inside the container; a start makes it where it is missing.

    A descriptor that leaked from the host, reached by /proc/self/fd, shows as "(unreachable)" in getcwd(2)
    (CVE-2024-21626).
    """
    try:
        if make:
            os.makedirs(path, exist_ok=True)
        os.chdir(path)
        inside = os.getcwd().startswith("/")
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise Failure(f'chdir to cwd ("{path}") set in config.json failed: {reason}: unknown', code=126) from error
    if not inside:
        raise Failure("current working directory is outside of container mount namespace root: unknown", code=126)


def no_new_privileges(context: Context) -> None:
    """Let execve(2) never give more rights than the caller has (PR_SET_NO_NEW_PRIVS)."""
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)


def become(context: Context, capabilities_kept: list[str]) -> None:
    """Drop what is not granted: bounding set, groups, ids, then the other capability sets (capabilities(7))."""
    capabilities.apply(frozenset(capabilities_kept), uid=context.uid, gid=context.gid, groups=context.groups)


def filter_calls(context: Context, program: str) -> None:
    """Load the seccomp program (base64 of BPF instructions)."""
    seccomp.load(base64.b64decode(program))


def find_program(name: str, path: str, own_program: tuple[int, int]) -> str:
    """Find what execve(2) is to run, as Docker words its refusals.

    The engine's own interpreter is refused: /proc/self/exe as an entry point would run it (CVE-2019-5736).
    """
    if "/" in name:
        return _checked(name, name, own_program)
    for folder in path.split(":"):
        candidate = f"{folder or '.'}/{name}"
        try:
            status = os.stat(candidate)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and status.st_mode & 0o111:
            return _checked(candidate, name, own_program)
    raise Failure(f'exec: "{name}": executable file not found in $PATH: unknown', code=127)


def _checked(path: str, name: str, own_program: tuple[int, int]) -> str:
    try:
        status = os.stat(path)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        code = 126 if error.errno == errno.EACCES else 127
        raise Failure(f'exec: "{name}": stat {path}: {reason}: unknown', code=code) from error
    if stat.S_ISDIR(status.st_mode):
        raise Failure(f'exec: "{name}": is a directory: unknown', code=126)
    if not status.st_mode & 0o111 or identity(path) == own_program:
        raise Failure(f'exec: "{name}": permission denied: unknown', code=126)
    return path


def _default_signals() -> None:
    """Undo what Python ignores (SIGPIPE, SIGXFSZ): execve(2) hands it on, and `yes | head` would never end."""
    for number in signal.valid_signals():
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def execute(context: Context, arguments: list[str], environment: list[str]) -> None:
    """Become the program (execve(2)); returns only by raising."""
    variables = dict(entry.partition("=")[::2] for entry in environment)
    variables.setdefault("HOME", context.home)
    program = find_program(arguments[0], variables.get("PATH", ""), context.own_program)
    _default_signals()
    try:
        os.execve(program, arguments, variables)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise Failure(f"exec {program}: {reason}: unknown", code=126) from error


def reap(context: Context, arguments: list[str]) -> None:
    """Stay as process 1: run the program as a child, pass signals on, reap orphans (`docker run --init`)."""
    reaper.prepare(arguments)
