#!/bin/sh
# case: B-container-restarted
# technique: Container restarted
# source: operations practice
# needs: docker
# expect: lifecycle
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" restart -t 1 "$TARGET" >/dev/null; sleep 6
exit 0
