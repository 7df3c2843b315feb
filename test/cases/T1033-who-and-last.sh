#!/bin/sh
# case: T1033-who-and-last
# technique: Logged-in users asked for
# source: redcanaryco/atomic-red-team T1033-2
# needs: who
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need who
who >/dev/null 2>&1; w >/dev/null 2>&1; last >/dev/null 2>&1; whoami >/dev/null; groups >/dev/null 2>&1; true
exit 0
