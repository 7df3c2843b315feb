#!/bin/sh
# case: T1027-reversed-command
# technique: Command reversed and evaluated
# source: redcanaryco/atomic-red-team T1027 (reversed); Bashfuscator
# needs: rev
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need rev
eval "$(echo 'llun/ved/> di' | rev)"
exit 0
