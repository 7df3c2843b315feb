#!/bin/sh
# case: T1518-versions-of-tools
# technique: Versions of interpreters asked
# source: redcanaryco/atomic-red-team T1518
# needs: sh
# expect: recon exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for t in python3 perl bash curl; do command -v $t >/dev/null && $t --version >/dev/null 2>&1; done; true
exit 0
