"""Confinement: what a process inside may do, though it calls itself root.

Three walls stand behind the namespaces, each blind to the others: capabilities (which of root's powers), a seccomp
filter (which system calls), masks (which files of /proc and /sys). Each has a file here and can be used alone.
"""
