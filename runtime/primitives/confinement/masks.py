"""Files of /proc and /sys that tell of the host or change it: hidden, or shown read-only.

/proc is not fully namespaced: /proc/kcore is the memory of the whole machine, /proc/sysrq-trigger reboots it. An
empty read-only folder or /dev/null is mounted over what must not be seen, and what must not be written is bound onto
itself read-only.

    mount --bind /dev/null /proc/kcore
    mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys

Manual: proc(5), mount(8). What to hide is the engine's long experience: each entry was a leak once.
"""

from __future__ import annotations

import glob

MASKED = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
    *sorted(glob.glob("/sys/devices/system/cpu/cpu[0-9]*/thermal_throttle")),
)
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
