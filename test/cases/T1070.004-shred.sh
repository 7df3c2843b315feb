#!/bin/sh
# case: T1070.004-shred
# technique: File overwritten and removed
# source: redcanaryco/atomic-red-team T1070.004-3 Overwrite and delete a file with shred; falcosecurity/event-generator syscall.RemoveBulkDataFromDisk
# needs: shred
# expect: evasion file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need shred
head -c 4096 /dev/urandom > "$W/x"; shred -u "$W/x" 2>/dev/null; true
exit 0
