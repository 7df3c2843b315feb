#!/bin/sh
# case: B-node-looked-at
# technique: Operator looks at a Node service: descriptors, limits, health
# source: operations practice
# needs: docker
# expect: exec recon
# where: host
# image: debian
# in: node
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" sh -c 'curl -s -o /dev/null -w "%{http_code}" http://127.0.0.1:8080/; ls /proc/1/fd | wc -l; cat /proc/1/limits; grep -E "VmRSS|Threads" /proc/1/status; tail -n 5 /var/log/app.log' >/dev/null 2>&1
exit 0
