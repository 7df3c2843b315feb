#!/bin/sh
# case: B-nginx-reload
# technique: nginx: configuration tested and reloaded
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
"$D" exec "$TARGET" nginx -t 2>/dev/null; "$D" exec "$TARGET" nginx -s reload; sleep 2
exit 0
