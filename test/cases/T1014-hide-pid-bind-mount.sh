#!/bin/sh
# case: T1014-hide-pid-bind-mount
# technique: Rootkit: bind mount over /proc/PID to hide a process
# source: Sigma lnx_mount_hide_pid; Diicot
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
sleep 3 & P=$!; mkdir "$W/e"; (mount --bind "$W/e" /proc/$P || mount -o bind "$W/e" /proc/$P) 2>/dev/null && umount /proc/$P; kill $P; wait 2>/dev/null; true
exit 0
