#!/bin/sh
# case: B-docker-update
# technique: Limits of a container changed
# source: operations practice
# needs: docker
# expect: resource
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"; "$D" update --memory 1g --memory-swap 2g "$TARGET" >/dev/null 2>&1; "$D" update --cpu-shares 512 "$TARGET" >/dev/null
exit 0
