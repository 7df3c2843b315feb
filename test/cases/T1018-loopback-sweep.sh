#!/bin/sh
# case: T1018-loopback-sweep
# technique: Hosts of a network looked for one after another
# source: redcanaryco/atomic-red-team T1018-7 Remote System Discovery - sweep; stealthcopter/deepce ping sweep
# needs: sh
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
i=1; while [ $i -le 12 ]; do if command -v ping >/dev/null 2>&1; then ping -c 1 -W 1 127.0.0.$i; else nc -z -w 1 127.0.0.$i 22; fi >/dev/null 2>&1; i=$((i+1)); done; true
exit 0
