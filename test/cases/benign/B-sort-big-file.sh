#!/bin/sh
# case: B-sort-big-file
# technique: Large file sorted with temporary files
# source: operations practice
# needs: awk sort
# expect: resource file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need awk sort
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
awk 'BEGIN{for(i=0;i<300000;i++)print (i*7919)%300007}' > "$W/n"; sort -n -T "$W" "$W/n" > "$W/s"; tail -n 1 "$W/s" >/dev/null
exit 0
