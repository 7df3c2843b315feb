#!/bin/sh
# case: T1222.002-chattr-and-acl
# technique: Permissions: chattr, chown -R, chmod 000
# source: redcanaryco/atomic-red-team T1222.002-9 chattr - Remove immutable file attribute; Kinsing
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/d"; : > "$W/d/f"; (chattr +i "$W/d/f"; chattr -ia "$W/d/f") 2>/dev/null; chown -R 65534:65534 "$W/d"; chmod 000 "$W/d/f"; chmod -R 0777 "$W/d"; chattr -iua /tmp/ /var/tmp/ 2>/dev/null; true
exit 0
