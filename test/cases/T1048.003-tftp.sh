#!/bin/sh
# case: T1048.003-tftp
# technique: File sent with TFTP
# source: redcanaryco/atomic-red-team T1048.003 / T1105 tftp
# needs: tftp
# expect: net exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need tftp
echo x > "$W/d"; timeout 2 tftp -p -l "$W/d" -r d 127.0.0.1 6969 >/dev/null 2>&1; (timeout 2 ftpput 127.0.0.1 d "$W/d") >/dev/null 2>&1; true
exit 0
