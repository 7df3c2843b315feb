#!/bin/sh
# case: B-session-files-expired
# technique: Web sessions kept as files: written, read, expired
# source: operations practice
# needs: od tr find
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need od tr find
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -m 700 "$W/sessions"; k=0; while [ $k -lt 25 ]; do n=$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n'); echo "user|i:$k;" > "$W/sessions/sess_$n"; k=$((k+1)); done
for f in "$W"/sessions/sess_*; do cat "$f" >/dev/null; done; find "$W/sessions" -name 'sess_*' -delete 2>/dev/null || rm -f "$W"/sessions/sess_*
exit 0
