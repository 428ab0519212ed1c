"""Confinement: what root in a container may not do, although it is root.

Namespaces decide what a process sees, control groups how much it gets. What it may *do* is decided here, by
three independent walls of the kernel's; a container is as safe as the three together:

    capabilities.py   root's power in about forty pieces; a container keeps fourteen     capabilities(7)
    seccomp.py        which system calls are answered at all, and with what arguments   seccomp(2)
    masks.py          what of /proc and /sys is hidden or read-only                      mount(2)
"""
