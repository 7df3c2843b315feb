#!/bin/sh
# case: T1083-setuid-search
# technique: Files with setuid and capabilities looked for
# source: rebootuser/LinEnum; redcanaryco/atomic-red-team T1548.001-9 Provide the SetUID capability / find
# needs: find
# expect: recon file priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find
find / -xdev -perm -4000 -type f >/dev/null 2>&1; (getcap -r /usr/bin) >/dev/null 2>&1; true
exit 0
