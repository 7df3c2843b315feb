#!/bin/sh
# case: T1611-device-nodes-of-kernel
# technique: Nodes for memory, loop and fuse made and opened
# source: cdk-team/CDK rewrite-cgroup-devices
# needs: mknod
# expect: escape file priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mknod
for n in 1:1 1:2 10:237 10:229; do mknod "$W/d" c ${n%%:*} ${n##*:} 2>/dev/null && { head -c 1 "$W/d" >/dev/null 2>&1; rm -f "$W/d"; }; done; true
exit 0
