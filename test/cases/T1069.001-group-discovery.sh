#!/bin/sh
# case: T1069.001-group-discovery
# technique: Groups and their members listed
# source: redcanaryco/atomic-red-team T1069.001-1 Permission Groups Discovery (Local)
# needs: cat
# expect: recon cred exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(groups; getent group) >/dev/null 2>&1; cat /etc/group >/dev/null; true
exit 0
