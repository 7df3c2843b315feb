#!/bin/sh
# case: T1048-directory-served
# technique: A directory offered over HTTP and fetched
# source: MITRE ATT&CK T1048; python3 -m http.server
# needs: python3 curl
# expect: net exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3 curl
(cd /etc && exec python3 -m http.server --bind 127.0.0.1 23233) >/dev/null 2>&1 & P=$!; sleep 1; curl -s http://127.0.0.1:23233/passwd -o /dev/null; kill $P 2>/dev/null; true
exit 0
