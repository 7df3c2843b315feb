#!/bin/sh
# case: B-log-found-and-deleted-by-age
# technique: Logs older than a minute searched by find and deleted
# source: operations practice
# needs: find
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/var/log/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need find
for i in 1 2 3; do echo x > "$W/worker-$i.log"; done
find "$W" -name '*.log' -mmin +10080 -delete; find "$W" -name 'worker-1.log' -type f -delete; ls "$W" >/dev/null
exit 0
