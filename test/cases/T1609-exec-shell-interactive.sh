#!/bin/sh
# case: T1609-exec-shell-interactive
# technique: docker exec of a shell that looks around
# source: falcosecurity/rules Terminal shell in container; kubectl exec
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
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; : "${TARGET:?}"; "$D" exec "$TARGET" sh -c 'id; cat /etc/passwd; uname -a; ls -la /root' >/dev/null
exit 0
