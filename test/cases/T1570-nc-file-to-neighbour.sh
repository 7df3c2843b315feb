#!/bin/sh
# case: T1570-nc-file-to-neighbour
# technique: Lateral: program sent with nc to a listener
# source: falcosecurity Launch Suspicious Network Tool
# needs: nc
# expect: net file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need nc
nc -l -s 127.0.0.1 -p 28555 > "$W/in" 2>/dev/null & L=$!; sleep 1; nc -w 1 127.0.0.1 28555 < /bin/sh >/dev/null 2>&1; sleep 1; kill $L 2>/dev/null; wait 2>/dev/null; true
exit 0
