#!/bin/sh
# case: T1611-sys-module-and-debugfs
# technique: Escape: /sys/kernel and debugfs written, mounts tried by busybox
# source: amicontained; botb
# needs: mount
# expect: escape priv file
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
mkdir "$W/d"; (mount -t debugfs none "$W/d"; mount -t securityfs none "$W/d"; mount -t sysfs none "$W/d"; echo 1 > /sys/kernel/mm/ksm/run; echo x > /sys/kernel/profiling) 2>/dev/null; true
exit 0
