#!/bin/sh
# case: B-docker-exec-ls-root
# technique: Operator looks at what is in the container
# source: operations practice
# needs: docker
# expect: exec recon
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" ls / >/dev/null; "$D" exec "$TARGET" sh -c 'pwd; ls -la; cat /etc/os-release; df -h /' >/dev/null
exit 0
