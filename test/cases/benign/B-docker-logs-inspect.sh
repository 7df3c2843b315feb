#!/bin/sh
# case: B-docker-logs-inspect
# technique: Operator reads logs, ports and state
# source: operations practice
# needs: docker
# expect: lifecycle
# where: host
# image: debian
# caps: none
# seen: -
# in: redis
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" logs --tail 20 "$TARGET" >/dev/null 2>&1; "$D" inspect "$TARGET" >/dev/null; "$D" port "$TARGET" >/dev/null 2>&1; "$D" diff "$TARGET" >/dev/null
exit 0
