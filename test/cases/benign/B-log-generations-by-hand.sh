#!/bin/sh
# case: B-log-generations-by-hand
# technique: Generations of a log below /var/log shifted, compressed, the oldest removed
# source: operations practice
# needs: mv gzip rm
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
need mv gzip rm
for i in 1 2 3 4; do
  echo "day $i" >> "$W/app.log"; rm -f "$W/app.log.3.gz"
  [ -e "$W/app.log.2.gz" ] && mv "$W/app.log.2.gz" "$W/app.log.3.gz"
  [ -e "$W/app.log.1.gz" ] && mv "$W/app.log.1.gz" "$W/app.log.2.gz"
  mv "$W/app.log" "$W/app.log.1"; : > "$W/app.log"; gzip -f "$W/app.log.1"
done
test -e "$W/app.log.3.gz"
exit 0
