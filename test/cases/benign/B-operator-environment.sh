#!/bin/sh
# case: B-operator-environment
# technique: Operator compares environment and versions
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
"$D" exec "$TARGET" env >/dev/null; "$D" exec "$TARGET" cat /etc/os-release >/dev/null 2>&1; "$D" exec "$TARGET" date >/dev/null; true
exit 0
