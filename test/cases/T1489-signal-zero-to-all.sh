#!/bin/sh
# case: T1489-signal-zero-to-all
# technique: All processes of the container signalled
# source: ransomware preparation
# needs: perl
# expect: exec resource privilege syscall
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -e 'kill 0,$_ for 1..3000;kill "CONT",1' 
exit 0
