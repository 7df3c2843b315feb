#!/bin/sh
# case: B-docker-update-limits
# technique: Memory limit raised while running
# source: operations practice
# needs: docker
# expect: lifecycle
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
"$D" update --memory 900m --memory-swap 900m "$TARGET" >/dev/null 2>&1; sleep 1; "$D" update --cpu-shares 900 "$TARGET" >/dev/null
exit 0
