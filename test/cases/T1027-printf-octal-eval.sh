#!/bin/sh
# case: T1027-printf-octal-eval
# technique: Octal text evaluated
# source: redcanaryco/atomic-red-team T1027
# needs: sh
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
eval "$(printf '\151\144\40\76\57\144\145\166\57\156\165\154\154')"
exit 0
