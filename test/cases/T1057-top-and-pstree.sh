#!/bin/sh
# case: T1057-top-and-pstree
# technique: Processes: top, ps auxf and /proc/*/status
# source: redcanaryco/atomic-red-team T1057-1 Process Discovery - ps
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ps auxf || ps -ef || ps) >/dev/null 2>&1; top -bn1 >/dev/null 2>&1; for d in /proc/[0-9]*; do cat $d/status $d/cmdline; readlink $d/exe; done >/dev/null 2>&1; true
exit 0
