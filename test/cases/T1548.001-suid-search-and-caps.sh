#!/bin/sh
# case: T1548.001-suid-search-and-caps
# technique: Capabilities and setuid programs looked for
# source: redcanaryco/atomic-red-team T1548.001-5 Make and modify capabilities of a binary; stealthcopter/deepce
# needs: find
# expect: priv recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
find / -xdev -perm -4000 -type f >/dev/null 2>&1; (getcap -r /usr/bin) >/dev/null 2>&1; cat /proc/self/status >/dev/null; true
exit 0
