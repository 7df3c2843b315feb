#!/bin/sh
# case: B-docker-exec-as-user
# technique: Command run as the user of the service
# source: operations practice
# needs: docker
# expect: exec
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
"$D" exec -u 33 "$TARGET" sh -c 'id -u; ls /var/www' >/dev/null 2>&1; "$D" exec -w /tmp -e LANG=C "$TARGET" date >/dev/null
exit 0
