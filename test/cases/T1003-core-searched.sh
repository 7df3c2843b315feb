#!/bin/sh
# case: T1003-core-searched
# technique: Process made to dump core, core searched for passwords
# source: MITRE T1003
# needs: grep
# expect: cred file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need grep
cd "$W"; (ulimit -c unlimited; sh -c 'secret=decoy; kill -ABRT $$') 2>/dev/null; grep -a -c -i password core* >/dev/null 2>&1; true
exit 0
