#!/bin/sh
# case: B-job-container
# technique: A one-shot job of the same image
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
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" run --rm --name ho-job "$I" sh -c 'echo done > /tmp/x; cat /tmp/x' >/dev/null
exit 0
