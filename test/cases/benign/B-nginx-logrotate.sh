#!/bin/sh
# case: B-nginx-logrotate
# technique: nginx: logs renamed and opened again
# source: operations practice
# needs: docker
# expect: exec file
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
"$D" exec "$TARGET" sh -c 'cd /var/log/nginx && mv access.log access.log.1 && nginx -s reopen && sleep 1 && gzip -f access.log.1 && rm access.log.1.gz'
exit 0
