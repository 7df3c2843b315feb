#!/bin/sh
# case: B-nginx-version-config-dump
# technique: Operator asks nginx for its version and its whole configuration
# source: operations practice
# needs: docker
# expect: exec
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
"$D" exec "$TARGET" nginx -V >/dev/null 2>&1; "$D" exec "$TARGET" nginx -T >/dev/null 2>&1; true
exit 0
