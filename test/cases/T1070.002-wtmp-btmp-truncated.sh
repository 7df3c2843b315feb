#!/bin/sh
# case: T1070.002-wtmp-btmp-truncated
# technique: Logs: utmp, wtmp, btmp truncated
# source: redcanaryco/atomic-red-team T1070.002; Outlaw
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
for f in wtmp btmp lastlog; do [ -e /var/log/$f ] && cp -p /var/log/$f "$W/$f"; mkdir -p /var/log; : > /var/log/$f || exit 77; if [ -e "$W/$f" ]; then cat "$W/$f" > /var/log/$f; else rm -f /var/log/$f; fi; done
exit 0
