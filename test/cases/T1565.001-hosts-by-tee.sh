#!/bin/sh
# case: T1565.001-hosts-by-tee
# technique: Name turned to another address in /etc/hosts
# source: redcanaryco/atomic-red-team T1565.001; cryptojacking rivals blocked
# needs: tee
# expect: file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need tee
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
cp /etc/hosts "$W/h"; echo '127.0.0.1 ho.invalid' | tee -a /etc/hosts >/dev/null; cat "$W/h" > /etc/hosts
exit 0
