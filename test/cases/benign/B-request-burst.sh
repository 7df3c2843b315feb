#!/bin/sh
# case: B-request-burst
# technique: Burst of requests to the own service
# source: operations practice
# needs: python3
# expect: net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ -n "${HO_SINK:-}" ] || exit 77
python3 -c 'import urllib.request as u,sys
for i in range(300): u.urlopen("http://"+sys.argv[1]+"/item/%d"%i,timeout=4).read()' "$HO_SINK"
exit 0
