#!/bin/sh
# case: B-docker-pause-unpause
# technique: Container frozen for a consistent copy and thawed
# source: operations practice
# needs: docker
# expect: lifecycle resource
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
"$D" pause "$TARGET" >/dev/null; sleep 2; "$D" unpause "$TARGET" >/dev/null
exit 0
