#!/bin/sh
# case: T1027-process-substitution-base64
# technique: Decoded script handed to bash by a descriptor
# source: redcanaryco/atomic-red-team T1027-1; T1140-5
# needs: bash base64
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash base64
bash -c 'bash <(echo dHJ1ZQo= | base64 -d)'
exit 0
