#!/bin/sh
# case: B-nginx-configuration-reloaded
# technique: Configuration of nginx tested and loaded again
# source: operations practice
# needs: docker
# expect: exec
# where: host
# image: debian
# in: nginx
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" nginx -t >/dev/null 2>&1 && "$D" exec "$TARGET" nginx -s reload >/dev/null 2>&1; sleep 2
exit 0
