#!/bin/sh
# case: B-log-shipper-tail
# technique: Log shipper follows a file and remembers its place
# source: operations practice
# needs: tail wc mv
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tail wc mv
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
L=$W/app.log; : > "$L"; ( tail -f "$L" > "$W/shipped" ) & P=$!; k=0; while [ $k -lt 20 ]; do echo "line $k" >> "$L"; k=$((k+1)); done; sleep 2; wc -c < "$L" > "$W/pos.tmp"; mv "$W/pos.tmp" "$W/pos"; kill $P 2>/dev/null; pkill -P $P tail 2>/dev/null; kill $(pidof tail) 2>/dev/null; true
exit 0
