"""The default filter as a table: which system calls a container is refused, and which capability opens them.

Everything that this table does not name and that is older than it is allowed; everything newer is answered with
ENOSYS, which C libraries take as "use the older way". The decisions are those of the profile Docker ships (each
refusal has its CVE or its reason), written as what is closed instead of what is open.
"""

from __future__ import annotations

NEWEST = 456  # futex_requeue (Linux 6.7): later calls are unknown to this table

# capability -> calls that are refused without it
OPENED_BY: dict[str, tuple[str, ...]] = {
    "CAP_BPF": ("bpf",),
    "CAP_DAC_READ_SEARCH": ("open_by_handle_at",),
    "CAP_PERFMON": ("perf_event_open",),
    "CAP_SYSLOG": ("syslog",),
    "CAP_SYS_ADMIN": (
        *("bpf", "clone", "clone3", "fanotify_init", "fsconfig", "fsmount", "fsopen", "fspick", "lookup_dcookie"),
        *("mount", "mount_setattr", "move_mount", "open_tree", "perf_event_open", "quotactl", "quotactl_fd"),
        *("setdomainname", "sethostname", "setns", "syslog", "umount", "umount2", "unshare"),
    ),
    "CAP_SYS_BOOT": ("reboot",),
    "CAP_SYS_CHROOT": ("chroot",),
    "CAP_SYS_MODULE": ("delete_module", "finit_module", "init_module"),
    "CAP_SYS_NICE": ("get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"),
    "CAP_SYS_PACCT": ("acct",),
    "CAP_SYS_PTRACE": ("kcmp", "pidfd_getfd", "process_madvise"),
    "CAP_SYS_RAWIO": ("ioperm", "iopl"),
    "CAP_SYS_TIME": ("clock_settime", "clock_settime64", "settimeofday", "stime"),
    "CAP_SYS_TTY_CONFIG": ("vhangup",),
}

# Refused whatever the capabilities: keyrings are not namespaced, io_uring walks around the filter, the rest is
# obsolete or reaches the whole machine.
CLOSED: tuple[str, ...] = (
    *("add_key", "keyctl", "request_key"),
    *("io_uring_enter", "io_uring_register", "io_uring_setup", "userfaultfd"),
    *("kexec_file_load", "kexec_load", "swapoff", "swapon", "pivot_root"),
    *("migrate_pages", "move_pages", "nfsservctl", "sysfs", "_sysctl", "uselib", "ustat", "vm86", "vm86old"),
    *("afs_syscall", "create_module", "get_kernel_syms", "getpmsg", "putpmsg", "query_module", "security"),
    *("tuxcall", "vserver", "bdflush", "socketcall"),
)

# Allowed only with some arguments; handled one by one in `seccomp`.
BY_ARGUMENT: tuple[str, ...] = ("clone", "clone3", "personality", "socket")

PERSONALITIES = (0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF)  # Linux, Linux32, each with UNAME26; "what is it now?"
CLONE_NAMESPACES = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
REFUSED_FAMILIES = (38, 40)  # AF_ALG (kernel crypto), AF_VSOCK (to the hypervisor: not namespaced)


def refused(granted: frozenset[str]) -> frozenset[str]:
    """Give the calls that a process with the capabilities `granted` is refused altogether."""
    opened = {call for capability in granted for call in OPENED_BY.get(capability, ())}
    listed = {call for calls in OPENED_BY.values() for call in calls}
    return frozenset((listed - opened) | set(CLOSED)) - set(BY_ARGUMENT)
