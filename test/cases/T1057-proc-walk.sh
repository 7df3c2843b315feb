#!/bin/sh
# case: T1057-proc-walk
# technique: Processes listed by walking /proc
# source: redcanaryco/atomic-red-team T1057-1 Process Discovery - ps
# needs: cat
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for p in /proc/[0-9]*; do cat "$p/comm" "$p/cmdline" "$p/status" >/dev/null 2>&1; done; (ps aux || ps) >/dev/null 2>&1; true
exit 0
