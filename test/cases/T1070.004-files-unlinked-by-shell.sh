#!/bin/sh
# case: T1070.004-files-unlinked-by-shell
# technique: Dropped tools removed one by one
# source: redcanaryco/atomic-red-team T1070.004-1
# needs: rm
# expect: file evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /var/tmp/ho-tool*' EXIT; trap 'exit 1' INT TERM
need rm
for n in 1 2 3; do echo x > /var/tmp/ho-tool$n; done; rm -f /var/tmp/ho-tool1 /var/tmp/ho-tool2 /var/tmp/ho-tool3
exit 0
