#!/bin/sh
# case: T1074.001-staged-in-hidden-dir
# technique: Data staged in a hidden directory
# source: redcanaryco/atomic-red-team T1074.001-2 Stage data from Discovery.sh
# needs: cp
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
mkdir /var/tmp/.ho 2>/dev/null || mkdir /tmp/.ho || exit 77; D=/var/tmp/.ho; [ -d "$D" ] || D=/tmp/.ho; cp /etc/passwd /etc/hosts "$D/" 2>/dev/null; tar cf "$D/s.tar" -C "$D" passwd 2>/dev/null; rm -rf "$D"
exit 0
