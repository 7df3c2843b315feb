#!/bin/sh
# case: B-docker-exec-ls
# technique: Operator lists a directory by exec
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
D=${DOCKER:-docker}; : "${TARGET:?}"; "$D" exec "$TARGET" ls -la /var/log >/dev/null; "$D" exec "$TARGET" df -h >/dev/null
exit 0
