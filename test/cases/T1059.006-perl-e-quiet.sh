#!/bin/sh
# case: T1059.006-perl-e-quiet
# technique: One line of perl
# source: redcanaryco/atomic-red-team T1059.006
# needs: perl
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -e '1'
exit 0
