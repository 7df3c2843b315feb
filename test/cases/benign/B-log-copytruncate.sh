#!/bin/sh
# case: B-log-copytruncate
# technique: Log copied, cut to nothing and compressed, as logrotate does with copytruncate
# source: operations practice
# needs: gzip cp
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
need gzip cp
i=0; while [ $i -lt 200 ]; do echo "request $i" >> "$W/app.log"; i=$((i+1)); done
[ -f "$W/app.log.1" ] && mv "$W/app.log.1" "$W/app.log.2"; cp "$W/app.log" "$W/app.log.1"; : > "$W/app.log"; gzip -f "$W/app.log.1"; rm -f "$W/app.log.7.gz"; ls "$W" >/dev/null
exit 0
