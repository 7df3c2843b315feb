#!/bin/sh
# case: T1059.004-xargs-env-shell
# technique: Shell run by way of harmless tools
# source: GTFOBins env, xargs, nice
# needs: xargs env
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need xargs env
echo id | xargs -I{} sh -c '{}' >/dev/null; env /bin/sh -c 'id' >/dev/null; nice /bin/sh -c 'whoami' >/dev/null 2>&1; true
exit 0
