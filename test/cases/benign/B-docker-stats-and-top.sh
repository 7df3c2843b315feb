#!/bin/sh
# case: B-docker-stats-and-top
# technique: Operator looks at stats
# source: operations practice
# needs: docker
# expect: exec
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?}"; "$D" stats --no-stream "$TARGET" >/dev/null; "$D" top "$TARGET" >/dev/null; "$D" port "$TARGET" >/dev/null 2>&1; true
exit 0
