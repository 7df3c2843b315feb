#!/bin/sh
# case: T1003.008-shadow-by-python-and-tac
# technique: /etc/shadow read by python, tac, base64, od
# source: GTFOBins file read
# needs: sh
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -e /etc/shadow ] || exit 77; (base64 /etc/shadow; od -c /etc/shadow; tail -n 2 /etc/shadow; sort /etc/shadow; xxd /etc/shadow) >/dev/null 2>&1; true
exit 0
