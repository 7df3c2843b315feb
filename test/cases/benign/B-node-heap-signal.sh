#!/bin/sh
# case: B-node-heap-signal
# technique: Node service asked for its status and for its heap
# source: operations practice
# needs: docker
# expect: exec recon
# where: host
# image: debian
# caps: none
# seen: -
# in: node
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" sh -c 'cat /proc/1/status | grep -E "VmRSS|Threads"; ls -l /proc/1/fd | wc -l; tail -n 2 /proc/1/limits' >/dev/null
exit 0
