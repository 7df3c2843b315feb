#!/bin/sh
# case: T1548-personality-and-ldt
# technique: Address randomisation switched off and segments changed
# source: exploit preparation
# needs: perl
# expect: priv evasion syscall
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || { echo "SKIP: x86_64 numbers"; exit 77; }
perl -e 'syscall(135,0x0040000);syscall(154,0,0,0);syscall(157,4,0,0,0,0)' 
exit 0
