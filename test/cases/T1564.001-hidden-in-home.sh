#!/bin/sh
# case: T1564.001-hidden-in-home
# technique: Hidden file written into a home
# source: redcanaryco/atomic-red-team T1564.001-1
# needs: sh
# expect: file evasion
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /root/.ho-cache' EXIT; trap 'exit 1' INT TERM
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
echo x > /root/.ho-cache || exit 77; rm -f /root/.ho-cache
exit 0
