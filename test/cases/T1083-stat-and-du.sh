#!/bin/sh
# case: T1083-stat-and-du
# technique: Sizes of data directories taken
# source: redcanaryco/atomic-red-team T1083
# needs: du
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need du
du -sh /var/lib /var/log /home >/dev/null 2>&1; stat /etc/passwd >/dev/null; true
exit 0
