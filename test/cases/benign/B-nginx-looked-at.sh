#!/bin/sh
# case: B-nginx-looked-at
# technique: Operator looks at a slow web server
# source: operations practice
# needs: docker
# expect: exec recon
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
"$D" exec "$TARGET" sh -c 'ps aux; df -h; free -m; uptime; nginx -V; ls -la /var/log/nginx; tail -n 20 /var/log/nginx/error.log; curl -sI http://127.0.0.1/; cat /proc/loadavg' >/dev/null 2>&1
exit 0
