#!/bin/sh
# case: B-apt-cache-query
# technique: Operator asks which version of a package is installed
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
dpkg -l >/dev/null 2>&1; dpkg -s nginx-light >/dev/null 2>&1; dpkg -L curl >/dev/null 2>&1; apt-cache policy curl >/dev/null 2>&1; true
exit 0
