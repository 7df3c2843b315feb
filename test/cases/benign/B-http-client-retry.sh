#!/bin/sh
# case: B-http-client-retry
# technique: HTTP client that tries again
# source: operations practice
# needs: sh
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -n "${HO_SINK:-}" ] || { echo "SKIP: no sink"; exit 77; }
need curl; for i in 1 2 3; do curl -s -m 3 "http://$HO_SINK/health" >/dev/null; sleep 1; done
exit 0
