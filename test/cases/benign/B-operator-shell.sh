#!/bin/sh
# case: B-operator-shell
# technique: Operator looks at files and processes in a shell
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
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" sh -c 'ls -la /srv /var/log; ps; df -h; tail -n 5 /var/log/*.log; cat /etc/hosts' >/dev/null 2>&1; true
exit 0
