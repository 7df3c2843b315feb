#!/bin/sh
# case: T1049-sockets-by-builtin
# technique: Connections read with nothing but the shell
# source: redcanaryco/atomic-red-team T1049-3 System Network Connections Discovery FreeBSD, Linux & MacOS
# needs: sh
# expect: recon net file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for f in tcp tcp6 udp unix; do [ -e /proc/net/$f ] && while IFS= read -r l; do :; done < /proc/net/$f; done; true
exit 0
