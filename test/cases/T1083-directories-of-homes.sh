#!/bin/sh
# case: T1083-directories-of-homes
# technique: Homes and mounts looked into
# source: redcanaryco/atomic-red-team T1083-3; LinPEAS
# needs: ls
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ls
ls -la /root /home /mnt /opt /srv >/dev/null 2>&1; true
exit 0
