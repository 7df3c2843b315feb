#!/bin/sh
# case: B-exec-own-service
# technique: Operator asks the own service inside the container
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
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" sh -c 'wget -q -T 2 -O - http://127.0.0.1:8099/healthz || curl -s -m 2 http://127.0.0.1:8099/healthz' >/dev/null 2>&1; true
exit 0
