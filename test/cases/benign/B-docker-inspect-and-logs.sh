#!/bin/sh
# case: B-docker-inspect-and-logs
# technique: Operator looks at logs, stats and processes
# source: operations practice
# needs: docker
# expect: file
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?}"; "$D" logs --tail 5 "$TARGET" >/dev/null 2>&1; "$D" inspect "$TARGET" >/dev/null; "$D" top "$TARGET" >/dev/null; "$D" diff "$TARGET" >/dev/null
exit 0
