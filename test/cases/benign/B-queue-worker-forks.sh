#!/bin/sh
# case: B-queue-worker-forks
# technique: Queue worker starts a child for each job
# source: operations practice
# needs: wc ls
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need wc ls
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
k=0; while [ $k -lt 15 ]; do sh -c "echo job $k > $W/job-$k" & k=$((k+1)); done; wait; ls "$W" | wc -l >/dev/null
exit 0
