#!/bin/sh
# case: B-docker-restart-service
# technique: Service restarted by an operator
# source: operations practice
# needs: docker
# expect: lifecycle exec
# where: host
# image: debian
# caps: none
# seen: -
# in: nginx
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" restart -t 3 "$TARGET" >/dev/null; sleep 4
exit 0
