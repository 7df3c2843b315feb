#!/bin/sh
# case: T1070.002-login-records-cleared
# technique: Records of logins emptied
# source: redcanaryco/atomic-red-team T1070.002 rm/truncate wtmp, lastlog
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
for f in wtmp btmp lastlog; do p=/var/log/$f; if [ -e $p ]; then cp -p $p "$W/$f"; : > $p; cp -p "$W/$f" $p; else : > $p 2>/dev/null; rm -f $p; fi; done; true
exit 0
