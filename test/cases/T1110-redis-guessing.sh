#!/bin/sh
# case: T1110-redis-guessing
# technique: Database tried without and with guessed passwords
# source: kinsing-like redis spread
# needs: sh
# expect: cred net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for p in '' redis foobared; do printf 'AUTH %s\r\nINFO\r\nQUIT\r\n' "$p" | nc -w 1 127.0.0.1 6379 >/dev/null 2>&1; done; true
exit 0
