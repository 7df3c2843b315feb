#!/bin/sh
# case: T1059.004-botnet-probe
# technique: What bots try first in a shell: applet, mounts, a file next to devices
# source: Mirai and Gafgyt loaders
# needs: busybox
# expect: exec file recon
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need busybox
/bin/busybox ECCHI >/dev/null 2>&1; cat /proc/mounts >/dev/null; cp /bin/echo "$W/dvrHelper" 2>/dev/null; : > "$W/dvrHelper"; chmod 777 "$W/dvrHelper"; true
exit 0
