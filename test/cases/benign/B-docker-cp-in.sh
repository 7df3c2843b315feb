#!/bin/sh
# case: B-docker-cp-in
# technique: Configuration file copied in by an operator
# source: operations practice
# needs: docker
# expect: file
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"; f=$(mktemp); echo a=1 > "$f"; "$D" cp "$f" "$TARGET:/tmp/ho.conf" >/dev/null; rm -f "$f"; "$D" exec "$TARGET" rm -f /tmp/ho.conf
exit 0
