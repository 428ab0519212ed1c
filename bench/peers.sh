#!/bin/sh
# Install the peers that the benchmarks compare with, from Debian's packages. The product needs none of them.
set -e
apt-get update
apt-get install -y --no-install-recommends docker.io podman crun runc iptables
