#!/bin/sh
# case: B-logrotate-var-log
# technique: Log in /var/log renamed, made anew, writer told to open it again
# source: operations practice
# needs: mv chmod kill
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need mv chmod kill
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
L=/var/log/ho-app.log; trap 'rm -f $L $L.1 $L.2; rm -rf "$W"' EXIT
sh -c 'trap "echo reopened >> /var/log/ho-app.log" USR1; i=0; while [ $i -lt 3 ]; do echo line >> /var/log/ho-app.log; sleep 1; i=$((i+1)); done' & P=$!
sleep 1; [ -e $L.1 ] && mv $L.1 $L.2; mv $L $L.1; : > $L; chmod 644 $L; kill -USR1 $P; wait $P; true
exit 0
