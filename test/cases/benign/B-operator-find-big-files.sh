#!/bin/sh
# case: B-operator-find-big-files
# technique: Disk is filling up: operator looks for the largest files
# source: operations practice
# needs: du find sort
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need du find sort
du -x -d 1 /var /tmp 2>/dev/null | sort -n | tail -n 5 >/dev/null; find /var/log /tmp -xdev -type f -size +10000k 2>/dev/null | head -n 5 >/dev/null; df -h >/dev/null; df -i >/dev/null 2>&1; true
exit 0
