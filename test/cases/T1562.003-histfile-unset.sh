#!/bin/sh
# case: T1562.003-histfile-unset
# technique: History turned off
# source: redcanaryco/atomic-red-team T1562.003-1 Disable history collection
# needs: bash
# expect: evasion exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash; bash -c 'unset HISTFILE; export HISTSIZE=0; set +o history; id >/dev/null'
exit 0
