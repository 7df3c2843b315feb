#!/bin/sh
# case: T1005-redis-dump-copied
# technique: Data base file of redis copied away
# source: ATT&CK T1005; P2PInfect
# needs: cp
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
need cp
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
mkdir -p /var/lib/redis; M=; [ -e /var/lib/redis/dump.rdb ] || { echo REDIS0011 > /var/lib/redis/dump.rdb || exit 77; M=1; }
cp /var/lib/redis/dump.rdb "$W/d"; [ -n "$M" ] && rm -f /var/lib/redis/dump.rdb; true
exit 0
