#!/bin/sh
# case: B-timeout-nice-job
# technique: Heavy job at low priority with a time limit
# source: operations practice
# needs: nice timeout gzip
# expect: exec resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nice timeout gzip
nice -n 10 timeout 20 sh -c 'head -c 20000000 /dev/zero | gzip | wc -c' >/dev/null
exit 0
