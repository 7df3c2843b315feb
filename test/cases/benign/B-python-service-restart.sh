#!/bin/sh
# case: B-python-service-restart
# technique: Service stopped and started
# source: operations practice
# needs: docker
# expect: lifecycle exec
# where: host
# image: debian
# caps: none
# seen: -
# in: python
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" stop -t 2 "$TARGET" >/dev/null; sleep 1; "$D" start "$TARGET" >/dev/null; sleep 4
exit 0
