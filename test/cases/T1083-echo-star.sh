#!/bin/sh
# case: T1083-echo-star
# technique: Directories listed by wildcards only
# source: LinPEAS without tools
# needs: sh
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
echo /opt/* /srv/* /var/www/* /home/*/.* >/dev/null
exit 0
