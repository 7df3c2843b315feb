#!/bin/sh
# case: B-nginx-status-tail
# technique: Operator looks at the connections and the last lines of the log of nginx
# source: operations practice
# needs: docker
# expect: exec file recon
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
"$D" exec "$TARGET" sh -c 'tail -n 30 /var/log/nginx/error.log; awk "{print \$9}" /var/log/nginx/access.log | sort | uniq -c; ps aux; cat /proc/net/sockstat' >/dev/null
exit 0
