#!/bin/sh
# case: B-log-rotation-generations
# technique: Three generations of logs moved, compressed, owner and mode kept
# source: operations practice
# needs: gzip mv chmod
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need gzip mv chmod
mkdir -p "$W/log"; cd "$W/log"; for r in 1 2 3; do i=0; while [ $i -lt 200 ]; do echo "line $i" >> app.log; i=$((i+1)); done; [ -e app.log.2.gz ] && mv app.log.2.gz app.log.3.gz; [ -e app.log.1 ] && gzip -c app.log.1 > app.log.2.gz; mv app.log app.log.1; : > app.log; chmod 640 app.log; done; chown 33:33 app.log 2>/dev/null; true
exit 0
