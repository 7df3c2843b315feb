#!/bin/sh
# case: B-long-lived-connection
# technique: Connection to the peer kept for seconds
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
python3 -c 'import http.client,sys,time
for i in range(4): c=http.client.HTTPConnection(sys.argv[1],timeout=4);c.request("GET","/s");c.getresponse().read();time.sleep(1);c.close()' "$HO_SINK"
exit 0
