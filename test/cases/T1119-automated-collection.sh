#!/bin/sh
# case: T1119-automated-collection
# technique: Configuration collected by pattern
# source: redcanaryco/atomic-red-team T1119 Automated Collection; CrowdStrike/detection-container Collection_via_Automated_Collection
# needs: find
# expect: file recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need find
find /etc -name '*.conf' -exec cp {} "$W/" \; 2>/dev/null; find / -maxdepth 3 -xdev \( -name '*.sql' -o -name '*.bak' -o -name '*.env' \) >/dev/null 2>&1; true
exit 0
