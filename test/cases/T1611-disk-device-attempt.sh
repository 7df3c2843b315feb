#!/bin/sh
# case: T1611-disk-device-attempt
# technique: Device node of a disk made and read
# source: cdk-team/CDK cap-mknod / rewrite-cgroup-devices; redcanaryco/atomic-red-team T1611 (mknod)
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
mknod "$W/d" b 8 0 2>/dev/null; dd if="$W/d" of=/dev/null bs=512 count=1 2>/dev/null; true
exit 0
