#!/bin/sh
# case: T1518-software-discovery
# technique: Installed software and tools looked for
# source: redcanaryco/atomic-red-team T1518-7 (Linux form)
# needs: sh
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(dpkg -l || apk info) >/dev/null 2>&1; for t in gcc make python3 perl curl wget nc socat docker kubectl gdb; do which "$t" >/dev/null 2>&1; done; true
exit 0
