#!/bin/sh
# case: B-nginx-new-site
# technique: nginx: a new site enabled, tested, taken back
# source: operations practice
# needs: docker
# expect: exec file net
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
"$D" exec "$TARGET" sh -c 'printf "server { listen 8088; location / { return 204; } }\n" > /etc/nginx/conf.d/ho.conf && nginx -t && nginx -s reload; sleep 2; rm /etc/nginx/conf.d/ho.conf; nginx -s reload' 2>/dev/null
exit 0
