#!/bin/sh
# case: B-daemon-background
# technique: Helper started in the background and ended with the job
# source: operations practice
# needs: nohup kill
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nohup kill
nohup sh -c 'i=0; while [ $i -lt 3 ]; do i=$((i+1)); sleep 1; done' >/dev/null 2>&1 & P=$!; sleep 1; kill -0 $P; wait $P
exit 0
