#!/bin/sh
# case: B-docker-restart
# technique: Container restarted by the operator
# source: operations practice
# needs: docker
# expect: resource
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" run -d --name ho-rs "$I" sleep 60 >/dev/null; sleep 3; "$D" restart -t 1 ho-rs >/dev/null; sleep 2; "$D" rm -f ho-rs >/dev/null
exit 0
