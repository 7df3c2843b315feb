#!/bin/sh
# case: B-python-reloaded
# technique: Workers of gunicorn replaced gracefully
# source: operations practice
# needs: docker
# expect: lifecycle
# where: host
# image: debian
# in: python
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" kill -s HUP "$TARGET" >/dev/null; sleep 4
exit 0
