#!/bin/sh
# case: T1496.001-cpu-yes
# technique: CPU spent by a tool of the system
# source: redcanaryco/atomic-red-team T1496-1 macOS/FreeBSD/Linux - Simulate CPU Load with Yes
# needs: yes
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need yes
S=${HO_SECS:-6}; yes >/dev/null & P=$!; sleep "$S"; kill "$P"; wait "$P" 2>/dev/null; true
exit 0
