#!/bin/sh
# case: T1057-process-discovery
# technique: Processes and their command lines listed
# source: redcanaryco/atomic-red-team T1057-1 Process Discovery - ps; cdk-team/CDK ps
# needs: cat
# expect: recon exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ps aux || ps -ef) >/dev/null 2>&1; for p in /proc/[0-9]*; do cat "$p/cmdline" "$p/status" >/dev/null 2>&1; done; true
exit 0
