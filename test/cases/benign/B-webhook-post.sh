#!/bin/sh
# case: B-webhook-post
# technique: Deployment reports itself to a chat webhook
# source: operations practice
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
S=${HO_SINK:-}; [ -n "$S" ] || exit 77; curl -s -m 5 -H 'Content-Type: application/json' -d '{"text":"deployed 42"}' "http://$S/hooks/deploy" >/dev/null
exit 0
