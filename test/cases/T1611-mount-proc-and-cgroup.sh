#!/bin/sh
# case: T1611-mount-proc-and-cgroup
# technique: Escape: cgroup v1 and proc mounts tried
# source: CDK mount-cgroup; deepce; amicontained
# needs: mount
# expect: escape priv
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
mkdir "$W/c" "$W/p"; (mount -t cgroup -o rdma cgroup "$W/c"; mount -t proc proc "$W/p"; mount -o remount,rw /sys; umount /proc/sys) 2>/dev/null; true
exit 0
