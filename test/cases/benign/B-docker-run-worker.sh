#!/bin/sh
# case: B-docker-run-worker
# technique: Second worker of the same image for some seconds
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
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" run -d --name ho-w2 "$I" sh -c 'while :; do sleep 1; done' >/dev/null; sleep 4; "$D" stop -t 1 ho-w2 >/dev/null; "$D" rm ho-w2 >/dev/null
exit 0
