#!/bin/sh
# case: T1574.006-ld-audit
# technique: A program started with LD_AUDIT
# source: MITRE ATT&CK T1574.006
# needs: env
# expect: evasion exec persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf decoy > "$W/audit.so"
LD_AUDIT="$W/audit.so" /usr/bin/env true >/dev/null 2>&1; true
exit 0
