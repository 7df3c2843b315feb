#!/bin/sh
# case: T1070.003-history-shred-and-unset
# technique: History: shred, dd and HISTSIZE
# source: redcanaryco/atomic-red-team T1070.003-6 Clear history of a bunch of shells; Sigma Clear Command History
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
trap 'cat "$W/k" > /root/.ash_history 2>/dev/null; [ -s "$W/k" ] || rm -f /root/.ash_history; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cat /root/.ash_history > "$W/k" 2>/dev/null; : >> /root/.ash_history; dd if=/dev/null of=/root/.ash_history 2>/dev/null; unset HISTFILE; HISTSIZE=0; export HISTSIZE; sh -c 'unset HISTFILE; export HISTFILESIZE=0'; true
exit 0
