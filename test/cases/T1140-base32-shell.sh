#!/bin/sh
# case: T1140-base32-shell
# technique: Text of base 32, turned round, as commands
# source: obfuscated droppers
# needs: rev|base32
# expect: exec evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
if command -v base32 >/dev/null 2>&1; then echo NFSA==== | base32 -d | sh; fi >/dev/null 2>&1; echo di | rev 2>/dev/null | sh >/dev/null 2>&1; true
exit 0
