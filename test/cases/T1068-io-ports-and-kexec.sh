#!/bin/sh
# case: T1068-io-ports-and-kexec
# technique: Ports of the machine and another kernel asked for
# source: kernel access by iopl and kexec_load
# needs: perl
# expect: priv escape syscall capability
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || { echo "SKIP: x86_64 numbers"; exit 77; }
perl -e 'syscall(172,3);syscall(173,0x80,1,1);syscall(246,0,0,0,0);syscall(320,-1,-1,0,0,0)' 
exit 0
