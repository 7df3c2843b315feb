#!/bin/sh
# case: B-dpkg-audit
# technique: Files of a package verified against their checksums
# source: operations practice
# needs: dpkg
# expect: exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need dpkg
dpkg --audit >/dev/null 2>&1; dpkg -V procps >/dev/null 2>&1; true
exit 0
