#!/bin/sh
# case: T1003.008-copy-shadow
# technique: Password hashes copied for cracking elsewhere
# source: redcanaryco/atomic-red-team T1003.008-2 Access /etc/passwd and /etc/shadow (copy)
# needs: cp
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -e /etc/shadow ] || { echo "SKIP: no /etc/shadow"; exit 77; }
cp /etc/passwd "$W/p"; cp /etc/shadow "$W/s" 2>/dev/null; true
exit 0
