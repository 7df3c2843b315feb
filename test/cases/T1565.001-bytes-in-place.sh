#!/bin/sh
# case: T1565.001-bytes-in-place
# technique: Some bytes of a data file changed in place
# source: ATT&CK T1565.001
# needs: dd
# expect: file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /var/lib/ho-ledger.db' EXIT; trap 'exit 1' INT TERM
need dd
F=/var/lib/ho-ledger.db; head -c 4096 /dev/zero > "$F" || exit 77; printf 'x' | dd of="$F" bs=1 seek=100 conv=notrunc 2>/dev/null
exit 0
