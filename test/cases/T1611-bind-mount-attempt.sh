#!/bin/sh
# case: T1611-bind-mount-attempt
# technique: A process hidden by a mount over its directory in /proc
# source: MITRE T1564.013 Bind Mounts; elastic/detection-rules
# needs: mount
# expect: escape evasion priv
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
mkdir "$W/e"; mount --bind "$W/e" /proc/$$ 2>/dev/null && umount /proc/$$; true
exit 0
