#!/bin/sh
# case: T1611-mount-kinds
# technique: File systems of the node mounted
# source: container escape by mount
# needs: mount
# expect: escape priv kernel
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mount
mkdir "$W/m"; for t in proc sysfs cgroup2 debugfs overlay; do mount -t $t none "$W/m" 2>/dev/null && umount "$W/m"; done; true
exit 0
