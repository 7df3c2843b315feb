#!/bin/sh
# case: B-log-archives-expired
# technique: Compressed logs below /var/log beyond the newest two removed
# source: operations practice
# needs: ls tail rm gzip
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
need ls tail rm gzip
for i in 1 2 3 4 5; do echo "day $i" > "$W/access-2026110$i.log"; gzip "$W/access-2026110$i.log"; done
ls -1 "$W" | sort -r | tail -n +3 | while read -r f; do rm -f "$W/$f"; done
[ "$(ls "$W" | wc -l)" -eq 2 ] || exit 1
exit 0
