#!/bin/sh
# case: B-disk-check
# technique: Space and inodes looked at
# source: operations practice
# needs: df du
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need df du
df -h >/dev/null; df -i >/dev/null 2>&1; du -s /tmp >/dev/null; true
exit 0
