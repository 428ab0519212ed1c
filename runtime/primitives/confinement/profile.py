"""The default filter as data: which system calls a container's program may make.

An allow list. A call that is not here answers EPERM, so that a call a future kernel adds is refused until
somebody has thought about it. Left out on purpose: whatever loads code into the kernel, changes the machine's
clock, swap or root, reads other processes' memory without the right to trace them, keys (they have no
namespace), io_uring (a second, unfiltered way to make calls), and sockets to the hypervisor and to the kernel's
crypto (AF_VSOCK, AF_ALG). Calls that make namespaces or mounts are for those who hold CAP_SYS_ADMIN.

The names are those of all architectures; one that the machine does not have is passed over.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

# Creating a namespace with clone(2): the seven CLONE_NEW… flags that fit into its argument (linux/sched.h)
_NAMESPACE_FLAGS = 0x7E020000


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of one argument of the call: `index` is its place, `mask` is for "masked" only."""

    index: int
    operator: str  # == != < <= > >= masked
    value: int
    mask: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to calls of these names when all tests hold, under conditions on container and machine."""

    names: tuple[str, ...]
    tests: tuple[Test, ...] = ()
    action: str = "allow"
    code: int = 0  # errno, where the action is "errno"
    needs: frozenset[str] = frozenset()  # capabilities the container must have, all of them
    without: frozenset[str] = frozenset()  # capabilities none of which it may have
    machines: frozenset[str] = frozenset()  # as uname -m says; empty: all
    other_machines: frozenset[str] = frozenset()  # none of these
    kernel: tuple[int, int] = (0, 0)  # oldest kernel


@dataclass(frozen=True, slots=True)
class Profile:
    """A filter: the answer to a call no rule speaks of, and the rules."""

    default: str
    default_code: int
    rules: tuple[Rule, ...]


def _allow(names: str, *tests: Test, needs: str = "", without: str = "", machines: str = "") -> Rule:
    return Rule(
        tuple(names.split()),
        tests,
        needs=frozenset(needs.split()),
        without=frozenset(without.split()),
        machines=frozenset(machines.split()),
    )


_ALWAYS = (
    # files: open, read, write, close
    _allow(
        "open openat openat2 creat close close_range read readv pread64 preadv preadv2 write writev pwrite64 pwritev "
        "pwritev2 lseek _llseek dup dup2 dup3 fcntl fcntl64 flock ioctl pipe pipe2 sendfile sendfile64 splice tee "
        "vmsplice copy_file_range readahead fadvise64 fadvise64_64 fallocate truncate truncate64 ftruncate "
        "ftruncate64 fsync fdatasync sync syncfs sync_file_range cachestat"
    ),
    # files: names, folders, links
    _allow(
        "link linkat symlink symlinkat readlink readlinkat unlink unlinkat rename renameat renameat2 mkdir mkdirat "
        "rmdir mknod mknodat chdir fchdir getcwd getdents getdents64 name_to_handle_at umask"
    ),
    # files: what they are and whose
    _allow(
        "access faccessat faccessat2 stat stat64 lstat lstat64 fstat fstat64 fstatat64 newfstatat statx statfs "
        "statfs64 fstatfs fstatfs64 statmount listmount chmod fchmod fchmodat fchmodat2 chown chown32 lchown lchown32 "
        "fchown fchown32 fchownat utime utimes futimesat utimensat utimensat_time64"
    ),
    # files: extended attributes
    _allow(
        "getxattr lgetxattr fgetxattr getxattrat setxattr lsetxattr fsetxattr setxattrat listxattr llistxattr "
        "flistxattr listxattrat removexattr lremovexattr fremovexattr removexattrat"
    ),
    # waiting for events
    _allow(
        "select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64 epoll_create epoll_create1 epoll_ctl "
        "epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 eventfd eventfd2 inotify_init inotify_init1 "
        "inotify_add_watch inotify_rm_watch fanotify_mark io_setup io_submit io_cancel io_getevents io_pgetevents "
        "io_pgetevents_time64 io_destroy"
    ),
    # memory
    _allow(
        "brk mmap mmap2 munmap mremap mprotect madvise msync mincore mlock mlock2 mlockall munlock munlockall mseal "
        "remap_file_pages memfd_create memfd_secret membarrier map_shadow_stack pkey_alloc pkey_free pkey_mprotect"
    ),
    # processes and threads
    _allow(
        "fork vfork execve execveat exit exit_group wait4 waitid waitpid pidfd_open getpid getppid gettid getpgid "
        "getpgrp setpgid getsid setsid getpriority setpriority prctl seccomp get_thread_area set_thread_area "
        "set_tid_address get_robust_list set_robust_list rseq getcpu riscv_hwprobe uretprobe process_mrelease "
        "landlock_create_ruleset landlock_add_rule landlock_restrict_self"
    ),
    # scheduling
    _allow(
        "sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam "
        "sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval "
        "sched_rr_get_interval_time64 ioprio_get ioprio_set"
    ),
    # signals
    _allow(
        "kill tkill tgkill pause alarm sigaltstack sigprocmask sigreturn signalfd signalfd4 pidfd_send_signal "
        "restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn "
        "rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64"
    ),
    # who the process is
    _allow(
        "getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 getresgid "
        "getresgid32 getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 "
        "setresuid setresuid32 setresgid setresgid32 setfsuid setfsuid32 setfsgid setfsgid32 setgroups setgroups32 "
        "capget capset"
    ),
    # limits and facts
    _allow("getrlimit ugetrlimit setrlimit prlimit64 getrusage times sysinfo uname getrandom"),
    # time (setting the clock is asked for apart)
    _allow(
        "time gettimeofday clock_gettime clock_gettime64 clock_getres clock_getres_time64 nanosleep clock_nanosleep "
        "clock_nanosleep_time64 adjtimex clock_adjtime clock_adjtime64 getitimer setitimer timer_create timer_delete "
        "timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime "
        "timerfd_gettime64 timerfd_settime timerfd_settime64"
    ),
    # locks and messages between processes
    _allow(
        "futex futex_time64 futex_wait futex_waitv futex_wake futex_requeue ipc semget semop semctl semtimedop "
        "semtimedop_time64 shmget shmat shmdt shmctl msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_notify "
        "mq_getsetattr mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64"
    ),
    # sockets, once they are open
    _allow(
        "socketcall socketpair bind connect listen accept accept4 shutdown getsockname getpeername getsockopt "
        "setsockopt send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg recvmmsg_time64"
    ),
)

_BY_ARGUMENT = (
    # All families of addresses but AF_ALG (38) and AF_VSOCK (40)
    _allow("socket", Test(0, "<", 38)),
    _allow("socket", Test(0, "==", 39)),
    _allow("socket", Test(0, ">", 40)),
    # personality(2): Linux or 32-bit Linux, each with or without the old uname, and the question what it is
    _allow("personality", Test(0, "==", 0x0)),
    _allow("personality", Test(0, "==", 0x8)),
    _allow("personality", Test(0, "==", 0x20000)),
    _allow("personality", Test(0, "==", 0x20008)),
    _allow("personality", Test(0, "==", 0xFFFFFFFF)),
    # threads and children, but no namespaces
    _allow("clone", Test(0, "masked", 0, _NAMESPACE_FLAGS), without="CAP_SYS_ADMIN"),
    # clone3(2) has its flags in memory, where a filter cannot look: "no such call" lets libc fall back to clone
    Rule(("clone3",), action="errno", code=errno.ENOSYS, without=frozenset({"CAP_SYS_ADMIN"})),
)

_BY_MACHINE = (
    _allow("arch_prctl modify_ldt", machines="x86_64"),
    _allow(
        "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls", machines="aarch64 armv7l"
    ),
    # From Linux 4.8 on, seccomp sees a call before ptrace can change it
    Rule(("ptrace", "process_vm_readv", "process_vm_writev"), kernel=(4, 8)),
)

_BY_CAPABILITY = (
    _allow(
        "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr "
        "lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl "
        "quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare",
        needs="CAP_SYS_ADMIN",
    ),
    _allow("open_by_handle_at", needs="CAP_DAC_READ_SEARCH"),
    _allow("chroot", needs="CAP_SYS_CHROOT"),
    _allow("init_module finit_module delete_module", needs="CAP_SYS_MODULE"),
    _allow("kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace", needs="CAP_SYS_PTRACE"),
    _allow("get_mempolicy mbind set_mempolicy set_mempolicy_home_node", needs="CAP_SYS_NICE"),
    _allow("settimeofday stime clock_settime clock_settime64", needs="CAP_SYS_TIME"),
    _allow("iopl ioperm", needs="CAP_SYS_RAWIO"),
    _allow("acct", needs="CAP_SYS_PACCT"),
    _allow("reboot", needs="CAP_SYS_BOOT"),
    _allow("vhangup", needs="CAP_SYS_TTY_CONFIG"),
    _allow("syslog", needs="CAP_SYSLOG"),
    _allow("bpf", needs="CAP_BPF"),
    _allow("perf_event_open", needs="CAP_PERFMON"),
)

DEFAULT = Profile("errno", errno.EPERM, (*_ALWAYS, *_BY_ARGUMENT, *_BY_MACHINE, *_BY_CAPABILITY))
