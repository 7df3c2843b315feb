#!/bin/sh
# case: T1110-telnet-logins
# technique: Passwords tried against a listener with nc
# source: Mirai login list
# needs: nc
# expect: cred net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
P=$((20000 + $$ % 20000)); (for i in 1 2 3 4 5 6; do nc -l -s 127.0.0.1 -p $P </dev/null >/dev/null 2>&1 || nc -l 127.0.0.1 $P </dev/null >/dev/null 2>&1; done) & L=$!; sleep 1
for p in root admin 12345 xc3511 vizxv; do printf 'root\r\n%s\r\n' $p | nc -w 1 127.0.0.1 $P >/dev/null 2>&1; done; kill $L 2>/dev/null; true
exit 0
