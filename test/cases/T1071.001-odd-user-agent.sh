#!/bin/sh
# case: T1071.001-odd-user-agent
# technique: HTTP with a malware's user agent
# source: redcanaryco/atomic-red-team T1071.001-3 Malicious User Agents - Nix
# needs: curl
# expect: net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -n "${HO_SINK:-}" ] || { echo "SKIP: no sink"; exit 77; }
need curl; for u in 'HttpBrowser/1.0' 'Wget/1.9+cvs-stable' 'Opera/8.81 (Windows NT 6.0; U; en)'; do curl -s -m 3 -A "$u" "http://$HO_SINK/x" >/dev/null; done; true
exit 0
