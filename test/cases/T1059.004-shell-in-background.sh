#!/bin/sh
# case: T1059.004-shell-in-background
# technique: Script text handed to a shell and left in the background
# source: redcanaryco/atomic-red-team T1059.004-5 (nohup)
# needs: nohup
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nohup
nohup sh -c 'id >/dev/null; sleep 1' >/dev/null 2>&1 & wait; true
exit 0
