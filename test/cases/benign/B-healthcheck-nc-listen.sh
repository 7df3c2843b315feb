#!/bin/sh
# case: B-healthcheck-nc-listen
# technique: Health endpoint answered with nc -l for a readiness gate
# source: operations practice
# needs: nc grep
# expect: net exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc grep
need nc; if nc -h 2>&1 | grep -q OpenBSD; then ( printf 'HTTP/1.0 200 OK\r\n\r\nok' | nc -l -N 127.0.0.1 18181 >/dev/null ) & else ( printf 'HTTP/1.0 200 OK\r\n\r\nok' | nc -l -s 127.0.0.1 -p 18181 >/dev/null ) & fi
P=$!; sleep 1; printf 'GET /ready HTTP/1.0\r\n\r\n' | nc -w 2 127.0.0.1 18181 >/dev/null; kill $P 2>/dev/null; wait $P 2>/dev/null; true
exit 0
