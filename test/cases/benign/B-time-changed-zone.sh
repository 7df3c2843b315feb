#!/bin/sh
# case: B-time-changed-zone
# technique: Time zone of the process changed, time printed
# source: operations practice
# needs: date
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need date
for z in UTC Europe/Berlin Asia/Tokyo; do TZ=$z date >/dev/null; done; touch "$W/t"; date -r "$W/t" >/dev/null 2>&1; true
exit 0
