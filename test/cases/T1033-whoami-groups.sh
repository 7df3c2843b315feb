#!/bin/sh
# case: T1033-whoami-groups
# technique: whoami and groups
# source: redcanaryco/atomic-red-team T1033-2
# needs: whoami
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need whoami
whoami >/dev/null; groups >/dev/null
exit 0
