#!/bin/sh
# case: T1106-fixed-addresses
# technique: Program run without random addresses
# source: exploit practice
# needs: setarch
# expect: exec evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need setarch
setarch "$(uname -m)" -R sh -c id >/dev/null 2>&1; true
exit 0
