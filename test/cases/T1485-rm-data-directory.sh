#!/bin/sh
# case: T1485-rm-data-directory
# technique: Data destruction: database directory removed
# source: elastic; redcanaryco/atomic-red-team T1485
# needs: sh
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /var/lib/ho-db' EXIT; trap 'exit 1' INT TERM
mkdir -p /var/lib/ho-db 2>/dev/null || exit 77; for k in a b c d e f; do echo $k > /var/lib/ho-db/$k.db; done; rm -rf /var/lib/ho-db
exit 0
