#!/bin/sh
# case: T1552.001-strings-in-proc-and-opt
# technique: Credentials in files: xargs grep over every text file
# source: LaZagne; LinEnum
# needs: find xargs grep
# expect: cred recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find xargs grep
find /etc /opt /srv /var/www -xdev -type f -size -64k 2>/dev/null | head -200 | xargs grep -l -i -E 'password|passwd=|pwd=' >/dev/null 2>&1; true
exit 0
