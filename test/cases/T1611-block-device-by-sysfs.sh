#!/bin/sh
# case: T1611-block-device-by-sysfs
# technique: Disk of the node found in sysfs and opened
# source: cdk-team/CDK mount-disk
# needs: mknod
# expect: escape file recon
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
for b in /sys/block/*/dev; do [ -e "$b" ] || continue; n=$(cat "$b"); mknod "$W/b" b ${n%%:*} ${n##*:} 2>/dev/null && { head -c 512 "$W/b" >/dev/null 2>&1; rm -f "$W/b"; }; break; done; true
exit 0
