#!/bin/sh
# case: B-traffic-spike
# technique: Ten times as many requests for some seconds
# source: operations practice
# needs: python3
# expect: net resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
S=${HO_SINK:-}; [ -n "$S" ] || exit 77
python3 - "$S" <<'E'
import sys,urllib.request as u,concurrent.futures as f
with f.ThreadPoolExecutor(8) as p: list(p.map(lambda i:u.urlopen('http://%s/item/%d'%(sys.argv[1],i),timeout=5).read(),range(400)))
E
exit 0
