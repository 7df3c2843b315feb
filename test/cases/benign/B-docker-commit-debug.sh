#!/bin/sh
# case: B-docker-commit-debug
# technique: State of a container kept as an image for later, removed again
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
"$D" commit "$TARGET" "ho-kept-$$" >/dev/null; sleep 1; "$D" rmi "ho-kept-$$" >/dev/null
exit 0
