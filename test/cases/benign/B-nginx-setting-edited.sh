#!/bin/sh
# case: B-nginx-setting-edited
# technique: A setting of nginx edited in the container, tested, loaded, taken back
# source: operations practice
# needs: docker
# expect: file exec
# where: host
# image: debian
# in: nginx
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
for v in 512 768; do "$D" exec "$TARGET" sh -c "cp -p /etc/nginx/nginx.conf /etc/nginx/nginx.conf.bak && sed -i 's/worker_connections [0-9]*/worker_connections $v/' /etc/nginx/nginx.conf && nginx -t && nginx -s reload; rm -f /etc/nginx/nginx.conf.bak" >/dev/null 2>&1; sleep 1; done
exit 0
