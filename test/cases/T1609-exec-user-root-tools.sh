#!/bin/sh
# case: T1609-exec-user-root-tools
# technique: docker exec -u 0 -w / env and package tools
# source: falcosecurity Terminal shell; stratus
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
D=${DOCKER:-docker}; : "${TARGET:?}"; "$D" exec -u 0 -w / -e X=1 "$TARGET" sh -c 'cat /etc/shadow; find / -maxdepth 2 -perm -4000; wget --help' >/dev/null 2>&1; true
exit 0
