#!/bin/sh
# case: B-apk-apt-index-stale
# technique: Operator asks whether updates are there, without installing
# source: operations practice
# needs: apt-get
# expect: exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need apt-get
apt-get -s upgrade >/dev/null 2>&1; apt list --installed 2>/dev/null | head -n 3 >/dev/null; true
exit 0
