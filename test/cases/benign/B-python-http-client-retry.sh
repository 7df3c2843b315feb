#!/bin/sh
# case: B-python-http-client-retry
# technique: Client tries a dead backend first, then the live one
# source: operations practice
# needs: python3
# expect: net exec
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
import urllib.request as u,sys,time
for host in ('127.0.0.1:8098','127.0.0.1:8098',sys.argv[1]):
    try: u.urlopen('http://'+host+'/api',timeout=2).read();break
    except OSError: time.sleep(.3)
E
exit 0
