#!/bin/sh
# case: T1036.004-named-like-a-service
# technique: Process that calls itself a worker of nginx
# source: CrowdStrike/detection-container Defense_Evasion_via_Masquerading
# needs: bash
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash
bash -c 'exec -a "nginx: worker process" sleep 1'
exit 0
