#!/bin/sh
# case: B-posts-of-metrics
# technique: Metrics posted
# source: operations practice
# needs: sh
# expect: net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -n "${HO_SINK:-}" ] || { echo "SKIP: no sink"; exit 77; }
need curl; for i in 1 2 3; do curl -s -m 3 -d "m=$i" "http://$HO_SINK/metrics" >/dev/null; sleep 1; done
exit 0
