#!/bin/sh
# case: B-hosts-entry
# technique: Fail-over: an address is pinned in the hosts file and taken out again
# source: operations practice
# needs: cp cat
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cp cat
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cp /etc/hosts "$W/hosts"; echo '127.0.0.2 db-primary.internal' >> /etc/hosts; cat /etc/hosts >/dev/null; sleep 1; cat "$W/hosts" > /etc/hosts
exit 0
