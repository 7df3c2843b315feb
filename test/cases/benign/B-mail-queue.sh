#!/bin/sh
# case: B-mail-queue
# technique: Mail queue: messages spooled, sent, removed
# source: operations practice
# needs: mv date rm
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need mv date rm
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -p "$W/queue/new" "$W/queue/cur"; k=0; while [ $k -lt 10 ]; do printf 'To: u%s@example.org\n\nhello\n' $k > "$W/queue/new/$(date +%s).$k.host"; k=$((k+1)); done; for f in "$W"/queue/new/*; do mv "$f" "$W/queue/cur/"; done; rm -f "$W"/queue/cur/*
exit 0
