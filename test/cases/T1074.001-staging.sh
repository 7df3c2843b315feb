#!/bin/sh
# case: T1074.001-staging
# technique: Files gathered in a hidden directory
# source: redcanaryco/atomic-red-team T1074.001-2 Stage data from Discovery.sh
# needs: cp
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
mkdir "$W/.stage"; cp /etc/passwd /etc/group /etc/hosts /etc/resolv.conf "$W/.stage/" 2>/dev/null; (id; uname -a; env) > "$W/.stage/info" 2>/dev/null; true
exit 0
