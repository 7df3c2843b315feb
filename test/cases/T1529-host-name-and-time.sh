#!/bin/sh
# case: T1529-host-name-and-time
# technique: Name and time of the machine changed
# source: tampering by system calls
# needs: perl
# expect: priv capability syscall kernel
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || { echo "SKIP: x86_64 numbers"; exit 77; }
perl -e 'syscall(170,my $n="ho",2);syscall(164,0,0);syscall(227,0,pack("qq",1,0));syscall(163,0)' 
exit 0
