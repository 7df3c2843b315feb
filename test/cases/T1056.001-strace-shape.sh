#!/bin/sh
# case: T1056.001-strace-shape
# technique: Input capture: ptrace of a shell by perl
# source: 3snake; Father
# needs: perl
# expect: cred evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
sleep 5 & P=$!; perl -e '$p=$ARGV[0];syscall(101,16,$p+0,0,0);select undef,undef,undef,.3;syscall(101,17,$p+0,0,0)' $P; kill $P; wait 2>/dev/null; true
exit 0
