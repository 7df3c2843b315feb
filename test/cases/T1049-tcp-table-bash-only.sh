#!/bin/sh
# case: T1049-tcp-table-bash-only
# technique: Sockets, routes and neighbours read by bash alone
# source: redcanaryco/atomic-red-team T1049-4; LinPEAS without tools
# needs: bash
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash
bash -c 'for f in tcp udp route arp; do while read -r l; do :; done < /proc/net/$f; done' 2>/dev/null; true
exit 0
